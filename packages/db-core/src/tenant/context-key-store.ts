import { sql } from 'kysely';
import type { SystemTransaction } from '../transaction/tenant-transaction.ts';
import { type ContextKey, generateContextKey } from './context-key.ts';

/**
 * Lets the database accept contexts that are signed with this key. For operators.
 *
 * @throws {DatabaseError} `UNIQUE_VIOLATION` when there is a key of that name.
 */
export async function installContextKey(tx: SystemTransaction, key: ContextKey): Promise<void> {
  await sql`select app.put_context_key(${key.keyId}, ${Buffer.from(key.secret)})`.execute(tx);
}

/** Installs a random key unless the database has a live one; answers whether it did. For operators. */
export async function ensureContextKey(tx: SystemTransaction): Promise<boolean> {
  const { rows } = await sql`select live_key_id from app.context_key_blocks()`.execute(tx);
  if (rows.length > 0) return false;
  await installContextKey(tx, generateContextKey());
  return true;
}
