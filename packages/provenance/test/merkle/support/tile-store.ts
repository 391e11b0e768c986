import { completedTiles, type Tile, tilePath, tileRoot } from '../../../src/verify.ts';

/**
 * What a database keeps of a log: its leaf hashes, and every full tile with the hash over it.
 * Tiles that are not full are read from the leaves, or from the hashes over the tiles one level below.
 */
export class TileStore {
  readonly #leaves: readonly Uint8Array[];
  readonly #full = new Map<string, Uint8Array>();
  /** For each level, the entries of its tiles. */
  readonly #entries: Uint8Array[][];

  constructor(leaves: readonly Uint8Array[]) {
    this.#leaves = leaves;
    this.#entries = [[...leaves]];
    for (const tile of completedTiles(0, leaves.length)) {
      const bytes = this.#pack(tile);
      this.#full.set(tilePath(tile), bytes);
      (this.#entries[tile.level + 1] ??= []).push(tileRoot(bytes));
    }
  }

  get size(): number {
    return this.#leaves.length;
  }

  readonly readTiles = (tiles: readonly Tile[]): Promise<Uint8Array[]> =>
    Promise.resolve(tiles.map((tile) => this.#full.get(tilePath(tile)) ?? this.#pack(tile)));

  #pack({ level, index, width }: Tile): Uint8Array {
    const entries = this.#entries[level]?.slice(256 * index, 256 * index + width) ?? [];
    return new Uint8Array(Buffer.concat(entries));
  }
}
