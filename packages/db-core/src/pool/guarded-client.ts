import { DatabaseError as ServerError, type ClientBase, type PoolClient, type QueryResult } from 'pg';
import { DatabaseError } from '../errors/database-error.ts';
import { fromBroken, fromServer } from '../errors/from-postgres.ts';

/** Connections that broke. Kept beside them: a connection can break between being made and being checked out. */
const broken = new WeakSet<ClientBase>();

/** Notices when a connection breaks. Without a listener that would end the process. */
export function watch(client: ClientBase): void {
  client.on('error', () => broken.add(client));
}

/**
 * A connection that was checked out, and what is known of its state.
 *
 * The pool must never lend on a connection that is inside a transaction: its next borrower would work with the last
 * one's tenant. So release decides, and on doubt destroys.
 */
export class GuardedClient {
  readonly #client: PoolClient;
  #isLost = false;
  #isDoubtful = false;
  #last: Promise<unknown> = Promise.resolve();

  constructor(client: PoolClient) {
    this.#client = client;
  }

  /**
   * Sends one statement, after those sent before it. With `values`, even none, the server refuses more than one
   * statement in `text`.
   *
   * @throws {DatabaseError} mapped by SQLSTATE; `CONNECTION_LOST`; `INVALID_INPUT` for a value that cannot be sent.
   */
  query(text: string, values?: readonly unknown[]): Promise<QueryResult<Record<string, unknown>>> {
    const result = this.#last.then(() => this.#send(text, values));
    this.#last = result.catch(() => undefined);
    return result;
  }

  /** Waits until every statement sent so far is answered. */
  async settle(): Promise<void> {
    await this.#last;
  }

  /** False before `begin` and after the transaction's end, whoever ended it. */
  isInTransaction(): boolean {
    return this.#client.getTransactionStatus() !== 'I';
  }

  /** Also when only a statement's error says so yet: the server says that it leaves before it does. */
  isBroken(): boolean {
    return this.#isLost || broken.has(this.#client);
  }

  /** True when the session is outside a transaction and nothing but the server has ever failed on it. */
  isClean(): boolean {
    return !this.isBroken() && !this.#isDoubtful && this.#client.getTransactionStatus() === 'I';
  }

  /** Gives the connection back if it is clean, and closes it if it is not. */
  release(): void {
    this.#client.release(!this.isClean());
  }

  async #send(
    text: string,
    values: readonly unknown[] | undefined,
  ): Promise<QueryResult<Record<string, unknown>>> {
    try {
      if (values === undefined) return await this.#client.query(text);
      return await this.#client.query(oneStatement(text, values));
    } catch (error) {
      const mapped = this.#map(error);
      // An error of the server leaves the session in a known state. Any other leaves it in an unknown one.
      if (!(error instanceof ServerError)) this.#isDoubtful = true;
      if (mapped.code === 'CONNECTION_LOST') this.#isLost = true;
      throw mapped;
    }
  }

  #map(error: unknown): DatabaseError {
    if (error instanceof ServerError) return fromServer(error);
    if (this.isBroken()) return fromBroken(error);
    return new DatabaseError('INVALID_INPUT', 'a parameter cannot be sent to PostgreSQL: see the cause', {
      cause: error,
    });
  }
}

/** The types of node-postgres lack `queryMode`. Without it, a text without parameters may hold several statements. */
function oneStatement(text: string, values: readonly unknown[]): { text: string; values: unknown[] } {
  return Object.assign({ text, values: [...values] }, { queryMode: 'extended' });
}
