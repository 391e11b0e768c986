import { DatabaseError } from '../errors/database-error.ts';
import type { GuardedClient } from '../pool/guarded-client.ts';
import type { SessionFacts } from '../pool/session-facts.ts';
import type { ContextKey } from './context-key.ts';
import { createContextSigner, keyBlocks, type ContextSigner } from './context-signer.ts';

interface KeySource {
  readonly facts: SessionFacts;
  readonly contextKey: ContextKey | undefined;
}

/**
 * The signer of the configuration's key or, for an administrator's own tools, of the database's newest key.
 *
 * @throws {DatabaseError} `CONTEXT_KEY_MISSING` when there is neither.
 */
export async function signerFor(client: GuardedClient, source: KeySource): Promise<ContextSigner> {
  if (source.contextKey !== undefined) return createContextSigner(keyBlocks(source.contextKey));
  if (!source.facts.isPrivileged) {
    throw missing('set DB_CONTEXT_KEY to the key that `agency-db context-key create` printed');
  }
  const { rows } = await client.query('select * from app.context_key_blocks()');
  const [key] = rows;
  if (key === undefined) throw missing('run `agency-db context-key create`');
  return createContextSigner({
    keyId: String(key['live_key_id']),
    innerBlock: key['live_inner_block'] as Uint8Array,
    outerBlock: key['live_outer_block'] as Uint8Array,
  });
}

function missing(remedy: string): DatabaseError {
  return new DatabaseError('CONTEXT_KEY_MISSING', `there is no key to sign tenant contexts with: ${remedy}`);
}
