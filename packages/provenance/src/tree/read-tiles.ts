import type { TenantTransaction } from '@agent-agency/db-core';
import { sql } from 'kysely';
import { concatAll } from '../format/encoding.ts';
import { type Tile, tilePath, tileWidth } from '../merkle/tile.ts';
import { treeHashBytes } from '../merkle/tree-hash.ts';
import { readLeaves } from './read-leaves.ts';
import { treeCorrupt } from './tree-corrupt.ts';

/**
 * The bytes of tiles, in their order. Full ones are stored. Of the one at the right edge of each level the hashes are those over the full tiles
 * below it, and on the lowest level the leaves.
 *
 * **Runs** one statement for what is stored, one for leaves if there are any to read.
 * @throws {ProvenanceError} `TREE_CORRUPT` when not all of it is there.
 */
export async function readTiles(tx: TenantTransaction, tiles: readonly Tile[]): Promise<Uint8Array[]> {
  const edge = tiles.find((tile) => tile.level === 0 && !isFull(tile));
  const stored = await readStored(
    tx,
    tiles.filter((tile) => tile !== edge),
  );
  const leaves = edge && (await readEdge(tx, edge));
  return tiles.map((tile) => {
    const bytes = tile === edge ? leaves : stored.get(tilePath(tile));
    if (bytes?.length === tile.width * treeHashBytes) return bytes;
    throw treeCorrupt('The tree of the log is not stored in full.', { tile: tilePath(tile) });
  });
}

/** Where a tile's hashes are stored: its own, or those over the full tiles below it. */
function placeOf(tile: Tile): { level: number; begin: number; end: number } {
  const { level, index, width } = tile;
  return isFull(tile)
    ? { level, begin: index, end: index + 1 }
    : { level: level - 1, begin: index * tileWidth, end: index * tileWidth + width };
}

async function readStored(
  tx: TenantTransaction,
  tiles: readonly Tile[],
): Promise<ReadonlyMap<string, Uint8Array>> {
  if (tiles.length === 0) return new Map();
  const places = tiles.map(placeOf);
  // Lateral, and not to be pulled up: a range of the primary key for each, whatever the planner believes.
  const { rows } = await sql<{ path: string; bytes: Uint8Array }>`
    select wanted.path, string_agg(tile.bytes, ''::bytea order by tile.tile_index) as bytes
    from unnest(
      ${tiles.map(tilePath)}::text[],
      ${tiles.map(isFull)}::boolean[],
      ${places.map(({ level }) => level)}::smallint[],
      ${places.map(({ begin }) => begin)}::bigint[],
      ${places.map(({ end }) => end)}::bigint[]
    ) as wanted (path, is_full, level, range_begin, range_end)
    cross join lateral (
      select tile_index, case when wanted.is_full then hashes else root end as bytes
      from provenance_tiles
      where tenant_id = ${tx.tenantId}
        and level = wanted.level
        and tile_index >= wanted.range_begin
        and tile_index < wanted.range_end
      offset 0
    ) as tile
    group by wanted.path
  `.execute(tx);
  // A Buffer is not what others take for bytes.
  return new Map(rows.map(({ path, bytes }) => [path, new Uint8Array(bytes)]));
}

async function readEdge(tx: TenantTransaction, { index, width }: Tile): Promise<Uint8Array> {
  const first = index * tileWidth + 1;
  return concatAll(await readLeaves(tx, first, first + width - 1));
}

function isFull({ width }: Tile): boolean {
  return width === tileWidth;
}
