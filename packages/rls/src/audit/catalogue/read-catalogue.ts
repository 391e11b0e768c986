import { RlsError } from '../../errors.ts';
import { callsIn, loadParser, parseCondition } from '../expressions/condition.ts';
import { Catalogue } from './catalogue.ts';
import { rolesQuery, type RoleRow } from './queries/roles.ts';
import type { FunctionRow } from './queries/functions.ts';
import type { PolicyRow } from './queries/policies.ts';
import { SERVER, type ServerRow } from './queries/server.ts';
import { FUNCTIONS, QUERIES, type CatalogueRows } from './rows.ts';
import { Unreadable, unlessUnreadable, unreadable } from './unreadable.ts';

/** One connection, inside a transaction. */
export interface Connection {
  readonly query: (text: string, values?: readonly unknown[]) => Promise<{ rows: Record<string, unknown>[] }>;
}

export interface Scope {
  /** Roles that are asked about; default: every login that is no superuser. */
  readonly roles?: readonly string[];
  /** Schemas that are looked at; default: all but PostgreSQL's own. */
  readonly schemas?: readonly string[];
  /** Names of the column that says whose a row is, the first that a table has; default: found out. */
  readonly tenantColumns?: readonly string[];
}

/**
 * Reads what the rules look at. Runs in the caller's transaction, which must be one: names are written in full because
 * its search path is emptied, and a part that this login may not read is given up behind a savepoint.
 *
 * @throws {RlsError} `ROLE_UNKNOWN` or `SCHEMA_UNKNOWN` when one is asked for that is not there.
 */
export async function readCatalogue(connection: Connection, scope: Scope = {}): Promise<Catalogue> {
  await loadParser();
  await connection.query(`select pg_catalog.set_config('search_path', '', true)`);
  // Nearly always all of it may be read: then no part needs a savepoint of its own.
  const rows =
    (await attempt(connection, () => readRows((text, values) => query(connection, text, values), scope))) ??
    (await readRows((text, values, part) => readPart(connection, part, { text, values }), scope));
  const catalogue = new Catalogue(rows, scope.tenantColumns);
  refuseUnknown(catalogue, scope);
  return catalogue;
}

/** Reads one part of the catalogue. */
type Read = (
  text: string,
  values: readonly unknown[] | undefined,
  part: string,
) => Promise<readonly unknown[]>;

async function readRows(read: Read, scope: Scope): Promise<CatalogueRows> {
  const schemas = scope.schemas ?? null;
  const [server] = (await read(SERVER, undefined, 'version')) as readonly ServerRow[];
  if (server === undefined) throw new Unreadable('the server does not say its version');
  const parts: Partial<Record<keyof typeof QUERIES, readonly unknown[]>> = {};
  for (const [part, { text, isScoped }] of Object.entries(QUERIES))
    parts[part as keyof typeof QUERIES] = await read(text, isScoped ? [schemas] : undefined, part);
  const rows = parts as Omit<CatalogueRows, 'server' | 'roles' | 'functions'>;
  return {
    ...rows,
    server,
    roles: (await read(rolesQuery(server.version), [scope.roles ?? null], 'roles')) as readonly RoleRow[],
    functions: (await read(
      FUNCTIONS,
      [schemas, functionsOf(rows.policies)],
      'functions',
    )) as readonly FunctionRow[],
  };
}

/** A misspelt name would be a clean audit of nothing. */
function refuseUnknown({ rows }: Catalogue, { roles = [], schemas = [] }: Scope): void {
  const lacks = (names: readonly string[], known: readonly { readonly name: string }[]) =>
    unlessUnreadable(() => names.filter((name) => !known.some((it) => it.name === name)).join(', '), '');
  const [role, schema] = [lacks(roles, rows.roles), lacks(schemas, rows.schemas)];
  if (role !== '') throw new RlsError('ROLE_UNKNOWN', `there is no role ${role}`);
  if (schema !== '') throw new RlsError('SCHEMA_UNKNOWN', `there is no schema ${schema}`);
}

interface Statement {
  readonly text: string;
  readonly values: readonly unknown[] | undefined;
}

async function query(
  connection: Connection,
  text: string,
  values: readonly unknown[] | undefined,
): Promise<readonly unknown[]> {
  return (await connection.query(text, values)).rows;
}

async function readPart(
  connection: Connection,
  part: string,
  { text, values }: Statement,
): Promise<readonly unknown[]> {
  const rows = await attempt(connection, () => query(connection, text, values));
  return rows ?? unreadable(`this login may not read the ${part}`);
}

/** Runs statements behind a savepoint; undefined, and back before them, when a privilege is missing. */
async function attempt<T>(connection: Connection, work: () => Promise<T>): Promise<T | undefined> {
  await connection.query('savepoint attempt');
  try {
    return await work();
  } catch (error) {
    if (!isRefused(error)) throw error;
    await connection.query('rollback to savepoint attempt');
    return undefined;
  }
}

/** SQLSTATE of a privilege that is missing. */
function isRefused(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === '42501';
}

/** What policies call; nothing when they cannot be read, since then nobody asks for it either. */
function functionsOf(policies: readonly PolicyRow[]): string[] {
  const texts = unlessUnreadable(
    () => policies.flatMap(({ using_text, check_text }) => [using_text ?? [], check_text ?? []].flat()),
    [],
  );
  return [...new Set(texts.flatMap((text) => callsIn(parsed(text))).map(({ name }) => name))];
}

/** A condition that the parser does not know is reported by the rules that look at it. */
function parsed(text: string): unknown {
  try {
    return parseCondition(text).tree;
  } catch {
    return undefined;
  }
}
