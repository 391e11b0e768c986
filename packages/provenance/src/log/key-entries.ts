import type { TenantTransaction } from '@agent-agency/db-core';
import type { ProvenanceNodeRecord } from '../format/node.ts';
import { admitKey, type KeyToAdmit, type KeyToRevoke, revokeKey } from '../keys/sign-key-statement.ts';
import type { Signer } from '../signing/signature.ts';
import { appendKeyStatement, type KeyEntry } from './append-key-statement.ts';
import { lockHead } from './append-nodes.ts';
import { readKeyRing } from './read-key-ring.ts';
import { registerSigningKey } from './signing-keys.ts';

/** A key to admit. */
export type SigningKeyToAdmit = Omit<KeyToAdmit, 'tenantId'> & KeyEntry;

/**
 * Admits a key: it may sign from this node on. Whoever admits it becomes known to the tenant, too.
 *
 * The signers are asked in this transaction, before anything is locked; for signers far away there is
 * `admitKey` with {@link appendKeyStatement}.
 *
 * @param signer signs the node: a key for nodes, if need be the one that is admitted
 * @throws as `admitKey` and {@link appendKeyStatement}
 * @example
 * await admitSigningKey(tx, { key: local, purposes: ['nodes'], validUntil, authorities: [root], createdAt }, local);
 */
export async function admitSigningKey(
  tx: TenantTransaction,
  { createdAt, trusted, ...admission }: SigningKeyToAdmit,
  signer: Signer,
): Promise<ProvenanceNodeRecord> {
  const content = await admitKey({ tenantId: tx.tenantId, ...admission });
  await register(tx, admission.authorities);
  return appendKeyStatement(tx, { content, createdAt, trusted }, signer);
}

/** A key that takes another one's place. */
export interface Rotation extends KeyEntry {
  /** Valid for nothing any more, once it has signed this. */
  readonly from: Signer;
  readonly to: Signer;
  /** What the new key may sign; unless told, what the old one may. */
  readonly purposes?: KeyToAdmit['purposes'];
  readonly validFrom?: Date | undefined;
  readonly validUntil?: Date | undefined;
  /** On whose word besides: a root, where the old key may not sign statements about keys. */
  readonly authorities?: readonly Signer[] | undefined;
}

/**
 * Puts a key in another one's place: a statement that both have signed, in a node that the old one signs as its last.
 *
 * @throws as {@link admitSigningKey}
 * @example
 * await rotateSigningKey(tx, { from: old, to: next, createdAt: new Date() });
 */
export async function rotateSigningKey(
  tx: TenantTransaction,
  { from, to, purposes, authorities = [], ...rest }: Rotation,
): Promise<ProvenanceNodeRecord> {
  const ring = await readKeyRing(tx, rest.trusted);
  const old = ring.list().find(({ keyId }) => keyId === from.keyId);
  const terms = { purposes: purposes ?? old?.purposes, replaces: from.keyId };
  return admitSigningKey(tx, { ...rest, ...terms, key: to, authorities: [from, ...authorities] }, from);
}

/** A key to revoke. */
export interface SigningKeyToRevoke extends Omit<KeyToRevoke, 'tenantId' | 'fromSeq'>, KeyEntry {
  /** What it signed from this number on. Default: what comes after the revocation. */
  readonly fromSeq?: number | undefined;
}

/**
 * Revokes a key: whatever it signed from a number on is reported by whoever verifies, and so are keys that were admitted on its word
 * since.
 *
 * @param signer signs the node
 * @throws as `revokeKey` and {@link appendKeyStatement}
 * @example
 * await revokeSigningKey(tx, { keyId, fromSeq: 4711, reason: 'The laptop was lost.', authorities: [root], createdAt }, root);
 */
export async function revokeSigningKey(
  tx: TenantTransaction,
  { createdAt, trusted, fromSeq, ...revocation }: SigningKeyToRevoke,
  signer: Signer,
): Promise<ProvenanceNodeRecord> {
  const from = fromSeq ?? (await lockHead(tx)).seq + 2;
  const content = await revokeKey({ tenantId: tx.tenantId, ...revocation, fromSeq: from });
  await register(tx, revocation.authorities);
  return appendKeyStatement(tx, { content, createdAt, trusted }, signer);
}

/** After the log is locked: another appender may hold it and wait for a key. */
async function register(tx: TenantTransaction, keys: readonly Signer[]): Promise<void> {
  await lockHead(tx);
  for (const { keyId, publicKey } of keys) await registerSigningKey(tx, { keyId, publicKey });
}
