import { getOne, type TenantTransaction } from '@agent-agency/db-core';
import { sql } from 'kysely';
import type { EntityType, ParentReference, ProvenanceNodeRecord } from '../format/node.ts';

/** Which nodes to read, by their numbers; bounds that a tampered log may have as well. */
export interface NodeRange {
  readonly after: bigint;
  readonly upTo: bigint;
  /** Nodes at most. */
  readonly pageSize: number;
}

export interface NodePage {
  readonly nodes: readonly ProvenanceNodeRecord[];
  /** Number of the last one, which may be beyond what a JavaScript number counts to. */
  readonly lastSeq: bigint | undefined;
}

/** A page that has so many bytes of contents has no further node. */
const maxContentBytes = 8 * 1024 * 1024;

/**
 * The first nodes of a range, in order. All that have one number are on one page, however often somebody has used it.
 *
 * Comes as one value, the nodes in PostgreSQL's binary form one after the other: a driver takes several times as long to
 * read rows of 19 columns.
 */
export async function readPage(tx: TenantTransaction, range: NodeRange): Promise<NodePage> {
  const page = await getOne(
    sql<{ nodes: Buffer | null; last_seq: string | null }>`
      select string_agg(record_send(node), ''::bytea) as nodes, max(node.seq) as last_seq
      from (
        select
          tenant_id, seq, previous_hash, id::text, entity_type, entity_id,
          array_to_string(parent_ids, ' ', '?'), array_to_string(parent_hashes, ' ', '?'),
          content, array_to_json(constitutional_refs)::text, spec_hash, description,
          (evidence_completeness * 100)::text, (budget_adherence * 100)::text,
          (gate_integrity * 100)::text, (provenance_clarity * 100)::text,
          case
            when isfinite(created_at) then (extract(epoch from created_at) * 1000000)::bigint
            else 9223372036854775807
          end,
          signing_key_id, hash_chain, signature
        from caws_provenance_graph
        where tenant_id = ${tx.tenantId} and seq > ${range.after} and seq <= (${lastSeqOfPage(tx, range)})
        order by seq
      ) as node
    `.execute(tx),
    'page of the log',
  );
  return page.nodes === null || page.last_seq === null
    ? { nodes: [], lastSeq: undefined }
    : { nodes: [...decodeNodes(page.nodes)], lastSeq: BigInt(page.last_seq) };
}

function lastSeqOfPage(tx: TenantTransaction, { after, upTo, pageSize }: NodeRange) {
  return sql`
    select max(sized.seq)
    from (
      select candidate.seq, sum(candidate.bytes) over (order by candidate.seq) - candidate.bytes as bytes_before
      from (
        select seq, octet_length(content) as bytes
        from caws_provenance_graph
        where tenant_id = ${tx.tenantId} and seq > ${after} and seq <= ${upTo}
        order by seq
        limit ${pageSize}
      ) as candidate
    ) as sized
    where sized.bytes_before < ${maxContentBytes}
  `;
}

/**
 * The score columns are in hundredths, created_at in microseconds: what the hash is made of. The table refuses NaN,
 * infinity and nulls in arrays; where somebody put them nevertheless, they become values that no node can have.
 */
function* decodeNodes(bytes: Buffer): Generator<ProvenanceNodeRecord, void, undefined> {
  for (const reader = new RecordReader(bytes); reader.next();) {
    yield {
      tenantId: reader.required(),
      seq: Number(reader.integer()),
      previousHash: reader.text(),
      id: reader.required(),
      entityType: reader.required() as EntityType,
      entityId: reader.required(),
      parents: parentsOf(reader.required(), reader.required()),
      content: reader.bytes() ?? new Uint8Array(),
      constitutionalRefs: textsOf(reader.required()),
      specHash: reader.text(),
      description: reader.text(),
      evidenceCompleteness: numberOf(reader.text()),
      budgetAdherence: numberOf(reader.text()),
      gateIntegrity: numberOf(reader.text()),
      provenanceClarity: numberOf(reader.text()),
      createdAtMicros: reader.integer(),
      signingKeyId: reader.required(),
      hashChain: reader.required(),
      signature: reader.required(),
    };
  }
}

function parentsOf(ids: string, hashes: string): ParentReference[] {
  if (ids === '' && hashes === '') return [];
  const [idList, hashList] = [ids.split(' '), hashes.split(' ')];
  return Array.from({ length: Math.max(idList.length, hashList.length) }, (_, place) => ({
    id: idList[place] ?? '',
    hash: hashList[place] ?? '',
  }));
}

function textsOf(json: string): string[] {
  return json === '[]' ? [] : (JSON.parse(json) as string[]);
}

function numberOf(text: string | undefined): number | undefined {
  return text === undefined ? undefined : Number(text);
}

/** Reads what `record_send` wrote: the number of columns, then for each its type, its length or -1, and its bytes. */
class RecordReader {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  /** Goes on to the next record, if there is one. */
  next(): boolean {
    const isThere = this.#at < this.#bytes.length;
    this.#at += 4;
    return isThere;
  }

  text(): string | undefined {
    const end = this.#enterColumn();
    if (end === undefined) return undefined;
    const text = this.#bytes.toString('utf8', this.#at, end);
    this.#at = end;
    return text;
  }

  /** A text of a column that the table never has without one. */
  required(): string {
    return this.text() ?? '';
  }

  /** Of eight bytes, and not null. */
  integer(): bigint {
    this.#enterColumn();
    this.#at += 8;
    return this.#bytes.readBigInt64BE(this.#at - 8);
  }

  /** A copy: it must not keep the whole page in memory. */
  bytes(): Uint8Array | undefined {
    const end = this.#enterColumn();
    if (end === undefined) return undefined;
    const bytes = new Uint8Array(this.#bytes.subarray(this.#at, end));
    this.#at = end;
    return bytes;
  }

  /** Where the column's bytes end; undefined if it is null. */
  #enterColumn(): number | undefined {
    const length = this.#bytes.readInt32BE(this.#at + 4);
    this.#at += 8;
    return length < 0 ? undefined : this.#at + length;
  }
}
