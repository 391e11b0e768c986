import { createHash } from 'node:crypto';
import type { SqlSession } from '@agent-agency/testing';
import { insertRows } from './rows.ts';

/** The columns of a node that are hashed, as JSON writes them; see packages/provenance/FORMAT.md, section 3. */
export interface NodeFields {
  readonly tenant_id: string;
  readonly seq: number;
  readonly previous_hash: string | null;
  readonly id: string;
  readonly entity_type: string;
  readonly entity_id: string;
  readonly parent_ids: readonly string[];
  readonly parent_hashes: readonly string[];
  readonly content: Buffer;
  readonly constitutional_refs: readonly string[];
  readonly spec_hash: string | null;
  readonly description: string | null;
  readonly evidence_completeness: number | null;
  readonly budget_adherence: number | null;
  readonly gate_integrity: number | null;
  readonly provenance_clarity: number | null;
  /** Instant in UTC with six decimals. */
  readonly created_at: string;
  readonly signing_key_id: string;
}

/** A node as it is inserted. */
export interface Node extends NodeFields {
  readonly hash_chain: string;
  readonly signature: string;
}

const PUBLIC_KEY = Buffer.alloc(32, 1);
export const SIGNING_KEY_ID = `ed25519:${createHash('sha256').update(PUBLIC_KEY).digest('hex').slice(0, 32)}`;

/** Registers the key that test nodes name. The database does not verify signatures. */
export async function putSigningKey(session: SqlSession): Promise<void> {
  await insertRows(session, 'provenance_signing_keys', [
    { key_id: SIGNING_KEY_ID, public_key: `\\x${PUBLIC_KEY.toString('hex')}` },
  ]);
}

/** A node that continues `before`, or begins the tenant's log. */
export function nodeAfter(
  before: Node | undefined,
  fields: Partial<NodeFields> & { tenant_id: string },
): Node {
  const seq = (before?.seq ?? 0) + 1;
  return signed({
    seq,
    previous_hash: before?.hash_chain ?? null,
    id: crypto.randomUUID(),
    entity_type: 'verdict',
    entity_id: `decision ${seq}`,
    parent_ids: [],
    parent_hashes: [],
    content: Buffer.from('{"decision":"accept"}'),
    constitutional_refs: [],
    spec_hash: null,
    description: null,
    evidence_completeness: null,
    budget_adherence: null,
    gate_integrity: null,
    provenance_clarity: null,
    created_at: '2025-01-31T23:59:59.123456Z',
    signing_key_id: SIGNING_KEY_ID,
    ...fields,
  });
}

/** The fields of a node that derives from others. */
export function childOf(
  ...parents: readonly Pick<Node, 'id' | 'hash_chain'>[]
): Pick<NodeFields, 'parent_ids' | 'parent_hashes'> {
  return { parent_ids: parents.map(({ id }) => id), parent_hashes: parents.map((it) => it.hash_chain) };
}

/** The same node with other columns and the hash that belongs to them. */
export function signed(fields: NodeFields): Node {
  return { ...fields, hash_chain: nodeHash(fields), signature: Buffer.alloc(64, 2).toString('base64') };
}

/** Gives nodes embeddings, each in pgvector's text form. */
export async function putEmbeddings(
  session: SqlSession,
  embeddings: Iterable<readonly [nodeId: string, embedding: string]>,
): Promise<void> {
  const rows = Array.from(embeddings, ([node_id, embedding]) => ({ node_id, embedding, entity_type: '' }));
  await insertRows(session, 'provenance_embeddings', rows);
}

/** Appends nodes in one statement, in the order given. */
export async function appendNodes(session: SqlSession, ...nodes: readonly Node[]): Promise<void> {
  const rows = nodes.map((node) => ({ ...node, content: `\\x${node.content.toString('hex')}` }));
  await insertRows(session, 'caws_provenance_graph', rows);
}

/** SHA-256 over the fields, written from the format's description and not from the SQL. */
export function nodeHash(node: NodeFields): string {
  const hash = createHash('sha256').update('agent-agency.provenance.node.v1\0');
  for (const field of fieldsOf(node)) {
    if (field === null) hash.update(Buffer.of(0));
    else hash.update(Buffer.of(1)).update(integer(4, field.length)).update(field);
  }
  return hash.digest('hex');
}

function fieldsOf(node: NodeFields): (Buffer | null)[] {
  const references = node.constitutional_refs.flatMap((reference) => {
    const bytes = Buffer.from(reference, 'utf8');
    return [integer(4, bytes.length), bytes];
  });
  const parents = node.parent_ids.flatMap((id, place) => [
    uuid(id),
    Buffer.from(node.parent_hashes[place] ?? '', 'hex'),
  ]);
  return [
    text(node.tenant_id),
    integer(8, node.seq),
    node.previous_hash === null ? null : Buffer.from(node.previous_hash, 'hex'),
    uuid(node.id),
    text(node.entity_type),
    text(node.entity_id),
    Buffer.concat([integer(4, node.parent_ids.length), ...parents]),
    node.content,
    Buffer.concat([integer(4, node.constitutional_refs.length), ...references]),
    text(node.spec_hash),
    text(node.description),
    score(node.evidence_completeness),
    score(node.budget_adherence),
    score(node.gate_integrity),
    score(node.provenance_clarity),
    integer(8, microseconds(node.created_at)),
    text(node.signing_key_id),
  ];
}

function text(value: string | null): Buffer | null {
  return value === null ? null : Buffer.from(value, 'utf8');
}

function uuid(value: string): Buffer {
  return Buffer.from(value.replaceAll('-', ''), 'hex');
}

function score(value: number | null): Buffer | null {
  return value === null ? null : integer(2, Math.round(value * 100));
}

function integer(bytes: number, value: number | bigint): Buffer {
  return Buffer.from(
    BigInt.asUintN(bytes * 8, BigInt(value))
      .toString(16)
      .padStart(bytes * 2, '0'),
    'hex',
  );
}

function microseconds(instant: string): bigint {
  const [seconds = '', decimals = ''] = instant.replace('Z', '').split('.');
  return BigInt(Date.parse(`${seconds}Z`)) * 1000n + BigInt(decimals.padEnd(6, '0'));
}
