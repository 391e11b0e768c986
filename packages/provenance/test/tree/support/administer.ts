import { createHash } from 'node:crypto';
import { withSession } from '@agent-agency/testing';
import { tileRoot } from '../../../src/verify.ts';

/** Runs SQL as somebody who may do everything, with triggers and foreign keys out of the way, in one transaction. */
export async function administer(url: string, ...statements: readonly string[]): Promise<void> {
  const text = ['begin', 'set local session_replication_role = replica', ...statements, 'commit'];
  await withSession(url, (session) => session.query(text.join(';\n')));
}

/** Nodes that nobody has appended or signed. */
export interface Fabrication {
  /** First number. */
  readonly from: number;
  /** Last number, which the log then ends with. */
  readonly to: number;
  /** By what their hashes differ from others of the same number. */
  readonly word: string;
}

/** SQL that adds nodes to a log, without a tree: quicker than appending many. */
export function fabricateNodes(tenantId: string, { from, to, word }: Fabrication): string {
  return `
    insert into caws_provenance_graph (
      tenant_id, seq, entity_type, entity_id, previous_hash, hash_chain, signing_key_id, signature, content
    )
    select
      '${tenantId}', seq, 'gate', '${word} ' || seq, case when seq > 1 then repeat('0', 64) end,
      encode(sha256(convert_to('${word} ' || seq, 'UTF8')), 'hex'), 'none', repeat('A', 86) || '==', '{}'
    from generate_series(${String(from)}, ${String(to)}) as node (seq);
    insert into provenance_heads (tenant_id, seq, hash_chain)
    select tenant_id, seq, hash_chain
    from caws_provenance_graph
    where tenant_id = '${tenantId}' and seq = ${String(to)}
    on conflict (tenant_id) do update set seq = excluded.seq, hash_chain = excluded.hash_chain`;
}

/** The hash of such a node. */
export function fabricatedHash(word: string, seq: number): string {
  return createHash('sha256')
    .update(`${word} ${String(seq)}`)
    .digest('hex');
}

/** Stores the first tiles of the lowest level. */
export async function storeTiles(url: string, tenantId: string, tiles: readonly Uint8Array[]): Promise<void> {
  const rows = tiles.map((tile) => [tile, tileRoot(tile)].map((bytes) => Buffer.from(bytes).toString('hex')));
  await withSession(url, (session) =>
    session.query(
      `insert into provenance_tiles (tenant_id, level, tile_index, hashes, root)
       select $1, 0, tile.place - 1, decode(tile.hex ->> 0, 'hex'), decode(tile.hex ->> 1, 'hex')
       from json_array_elements($2::text::json) with ordinality as tile (hex, place)`,
      [tenantId, JSON.stringify(rows)],
    ),
  );
}

/** SQL that makes a log what it was at a size: its nodes and its tree, as a backup of some tables would. */
export function rewindLog(tenantId: string, size: number): string {
  const after = `tenant_id = '${tenantId}' and seq > ${String(size)}`;
  return `
    delete from caws_provenance_graph where ${after};
    delete from provenance_tiles
    where tenant_id = '${tenantId}' and (tile_index + 1) * 256 ^ (level + 1) > ${String(size)};
    update provenance_heads as head
    set seq = node.seq, hash_chain = node.hash_chain
    from caws_provenance_graph as node
    where head.tenant_id = '${tenantId}' and node.tenant_id = head.tenant_id and node.seq = ${String(size)}`;
}

/** SQL that takes away what was signed after a size, as a backup of everything would. */
export function rewindCheckpoints(tenantId: string, size: number): string {
  const after = `tenant_id = '${tenantId}' and size > ${String(size)}`;
  return `delete from provenance_cosignatures where ${after}; delete from provenance_checkpoints where ${after}`;
}
