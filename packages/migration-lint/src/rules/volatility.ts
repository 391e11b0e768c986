import type { Schema } from '../schema/schema.ts';
import { qualified } from '../sql/names.ts';

/**
 * Functions of PostgreSQL and its usual extensions that answer differently from row to row: those that somebody would
 * write as a default.
 */
export const VOLATILE: ReadonlySet<string> = new Set([
  'clock_timestamp',
  'currval',
  'gen_random_bytes',
  'gen_random_uuid',
  'lastval',
  'nextval',
  'pg_current_wal_insert_lsn',
  'pg_current_wal_lsn',
  'random',
  'random_normal',
  'set_config',
  'setval',
  'timeofday',
  'uuid_generate_v1',
  'uuid_generate_v1mc',
  'uuid_generate_v4',
  'uuidv4',
  'uuidv7',
]);

/** Functions that answer the same throughout a statement or transaction, but not for ever. */
const STABLE: ReadonlySet<string> = new Set([
  'age',
  'current_date',
  'current_role',
  'current_schema',
  'current_setting',
  'current_time',
  'current_timestamp',
  'current_user',
  'localtime',
  'localtimestamp',
  'now',
  'session_user',
  'statement_timestamp',
  'transaction_timestamp',
]);

/** Whether a function is called anew for every row. */
export function isVolatile(name: string, schema: Schema): boolean {
  const own = schema.routines.get(qualified(name.split('.')));
  return own === undefined ? VOLATILE.has(name) : (own.volatility ?? 'volatile') === 'volatile';
}

/** Whether PostgreSQL would refuse a function in an index. */
export function isMutable(name: string, schema: Schema): boolean {
  const own = schema.routines.get(qualified(name.split('.')));
  return own === undefined
    ? VOLATILE.has(name) || STABLE.has(name)
    : (own.volatility ?? 'volatile') !== 'immutable';
}
