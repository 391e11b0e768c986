import postgres from 'postgres';
import { describeUrl } from './database-url.ts';
import { TestingError } from './errors.ts';

/** One connection, one session: `set`, advisory locks and temporary tables stay until `close()`. */
export interface SqlSession {
  /**
   * Runs SQL. Without `values` (or with none in the list) the text may hold several statements (one implicit transaction), and the rows are
   * those of the last; with `values` it is one statement with `$1`, `$2`, … bound.
   *
   * @throws the server's error with its SQLSTATE as `code`; TestingError `SESSION_CLOSED`
   */
  query(text: string, values?: readonly unknown[]): Promise<{ rows: Record<string, unknown>[] }>;
  close(): Promise<void>;
}

const connectTimeoutSeconds = 15;

/**
 * Opens a session. The driver is postgres.js and on purpose not the one that the packages under test use.
 *
 * Nothing is prepared by name, so it also works through a transaction pooler. bigint and numeric come back as
 * strings, json and arrays as values, timestamps as Date.
 * @throws TestingError `DATABASE_URL_INVALID`, `DATABASE_UNREACHABLE`
 * @example
 * const session = await connect(server.url);
 * const { rows } = await session.query('select $1::int + 1 as next', [1]);
 * await session.close();
 */
export async function connect(url: string): Promise<SqlSession> {
  const where = describeUrl(url);
  let open = true;
  const sql = postgres(url, {
    max: 1,
    prepare: false,
    connect_timeout: connectTimeoutSeconds,
    idle_timeout: 0,
    max_lifetime: 0,
    onnotice: () => undefined,
    // postgres.js would connect anew on the next query, and the session's locks and settings would be gone unseen.
    onclose: () => {
      open = false;
    },
  });
  try {
    await sql.unsafe('select 1');
  } catch (error) {
    await sql.end({ timeout: 1 });
    const reason = error instanceof Error ? error.message || codeOf(error) : String(error);
    throw new TestingError('DATABASE_UNREACHABLE', `no connection to ${where}: ${reason}`, { cause: error });
  }
  return {
    async query(text, values) {
      if (!open) throw new TestingError('SESSION_CLOSED', `the connection to ${where} has ended`);
      // postgres.js asks for a mutable array of its own value types and binds whatever it is given.
      const parameters = [...(values ?? [])] as postgres.ParameterOrJSON<never>[];
      return { rows: lastRows(await sql.unsafe(text, parameters)) };
    },
    async close() {
      open = false;
      await sql.end({ timeout: 5 });
    },
  };
}

/** Lends a session to a callback. The callback's error wins over one from closing. */
export async function withSession<T>(url: string, use: (session: SqlSession) => Promise<T>): Promise<T> {
  const session = await connect(url);
  let result: T;
  try {
    result = await use(session);
  } catch (error) {
    await session.close().catch(() => undefined);
    throw error;
  }
  await session.close();
  return result;
}

/** Several statements answer with a list of results, and only a result has a command. */
function lastRows(answer: unknown): Record<string, unknown>[] {
  const results = answer as (Record<string, unknown>[] & { command?: string })[];
  const rows = 'command' in results ? results : (results.at(-1) ?? []);
  return [...rows] as Record<string, unknown>[];
}

function codeOf(error: Error): string {
  return 'code' in error ? String(error.code) : error.name;
}
