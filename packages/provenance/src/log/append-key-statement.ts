import { getOne, type TenantTransaction } from '@agent-agency/db-core';
import { randomUUID } from 'node:crypto';
import { ProvenanceError } from '../errors.ts';
import { canonicalize } from '../format/canonical-json.ts';
import type { ProvenanceNodeRecord } from '../format/node.ts';
import { Instant, parseInput } from '../input.ts';
import type { KeyRing } from '../keys/key-ring.ts';
import type { KeyStatement } from '../keys/key-statement.ts';
import type { KeyContent } from '../keys/sign-key-statement.ts';
import { readSignedKeyStatement, type SignedKeyStatement } from '../keys/signed-key-statement.ts';
import type { PublicKeyRecord } from '../signing/public-key.ts';
import type { Signer } from '../signing/signature.ts';
import { appendNodes, lockHead } from './append-nodes.ts';
import { readKeyRing } from './read-key-ring.ts';
import { findRecorded } from './read-log.ts';
import { registerSigningKey } from './signing-keys.ts';

/** When a statement about a key is recorded, and whom it is judged by. */
export interface KeyEntry {
  readonly createdAt: Date;
  /** The keys that are trusted from outside. Default: the ones registered. */
  readonly trusted?: readonly PublicKeyRecord[] | undefined;
}

/** What `admitKey` or `revokeKey` made. */
export interface KeyStatementEntry extends KeyEntry {
  readonly content: KeyContent;
}

/**
 * Records a statement about a key, which may have been signed elsewhere and before: a key service is asked while no
 * transaction is open. What a verifier would not believe is not written.
 *
 * @param signer signs the node: a key for nodes, if need be the one that is admitted by it
 * @throws {ProvenanceError} `KEY_STATEMENT_INVALID`: `details.reason` says why, in the words of `KeyStatementFault`, or of
 *   `KeyFault` when it is the signer who may not sign here; `INVALID_INPUT` for an instant that is none; and what `appendNodes` throws. Nothing is written.
 * @throws {DatabaseError} as `appendNodes`; `UNIQUE_VIOLATION` for a revocation that is there already.
 * @example
 * const content = await admitKey({ tenantId: 'acme', key: local, purposes: ['nodes'], validUntil, authorities: [root] });
 * await manager.withTenant({ tenantId: 'acme' }, (tx) =>
 *   appendKeyStatement(tx, { content, createdAt: new Date(), trusted: [root] }, local),
 * );
 */
export async function appendKeyStatement(
  tx: TenantTransaction,
  { content, createdAt, trusted }: KeyStatementEntry,
  signer: Signer,
): Promise<ProvenanceNodeRecord> {
  const said = readSignedKeyStatement(canonicalize(content));
  if (said === undefined) throw refused('malformed-statement');
  const { seq } = await lockHead(tx);
  await registerSigningKey(tx, signer);
  const createdAtMicros = BigInt(parseInput(Instant, createdAt, 'createdAt').getTime()) * 1000n;
  const place = { seq: seq + 1, createdAtMicros };
  judge(await readKeyRing(tx, trusted), { ...place, content: canonicalize(content), signer });
  if (said.statement.kind === 'admit') await registerSigningKey(tx, said.statement.key);
  const node = {
    id: randomUUID(),
    entityType: 'key',
    entityId: entityIdOf(said.statement),
    parents: await findAdmissions(tx, said),
    content,
    description: describe(said.statement),
    createdAt,
  } as const;
  return getOne(appendNodes(tx, [node], signer), 'key statement');
}

interface Said {
  readonly seq: number;
  readonly createdAtMicros: bigint;
  readonly content: Uint8Array;
  readonly signer: Signer;
}

function judge(ring: KeyRing, { signer, ...node }: Said): void {
  const verdict = ring.apply(node);
  if (!verdict.ok) throw refused(verdict.reason);
  const use = { purpose: 'nodes', seq: node.seq, atMicros: node.createdAtMicros } as const;
  const fault = ring.faultOf(signer.keyId, use);
  if (fault !== undefined) throw refused(fault);
}

function refused(reason: string): ProvenanceError {
  return new ProvenanceError(
    'KEY_STATEMENT_INVALID',
    `No verifier would believe this statement about a key: ${reason}.`,
    { details: { reason } },
  );
}

/** A key is admitted once. */
function entityIdOf(statement: KeyStatement): string {
  return statement.kind === 'admit'
    ? admissionIdOf(statement.key.keyId)
    : `revoke/${statement.keyId}/${String(statement.fromSeq)}`;
}

function admissionIdOf(keyId: string): string {
  return `admit/${keyId}`;
}

function describe(statement: KeyStatement): string {
  if (statement.kind === 'revoke')
    return `Key ${statement.keyId} revoked from number ${String(statement.fromSeq)} on`;
  const { key, replaces } = statement;
  const purposes = (key.purposes ?? []).join(', ');
  return `Key ${key.keyId} admitted for ${purposes}${replaces === undefined ? '' : ` in place of ${replaces}`}`;
}

/** The nodes that admitted the keys that a statement rests on, and the key it takes away. */
async function findAdmissions(
  tx: TenantTransaction,
  { statement, signatures }: SignedKeyStatement,
): Promise<string[]> {
  const ended = statement.kind === 'admit' ? statement.replaces : statement.keyId;
  const keyIds = new Set([...signatures.keys(), ...(ended === undefined ? [] : [ended])]);
  return [...(await findRecorded(tx, 'key', [...keyIds].map(admissionIdOf))).values()];
}
