import type { Subtree } from '../../../src/verify.ts';
import { hashOf } from './bytes.ts';
import { treeHash } from './rfc-9162.ts';

/** The leaf hashes that the tests grow trees from. */
export function leafHashes(count: number): Uint8Array[] {
  return Array.from({ length: count }, (_, index) => hashOf(index));
}

export function latin1(hash: Uint8Array): string {
  return Buffer.from(hash).toString('latin1');
}

export function fromLatin1(text: string): Uint8Array {
  return new Uint8Array(Buffer.from(text, 'latin1'));
}

/** A store of all perfect subtrees, by the definition, and what it was asked for. */
export function denseStore(leaves: readonly Uint8Array[]): {
  read: (subtrees: readonly Subtree[]) => Promise<Uint8Array[]>;
  asked: (readonly Subtree[])[];
} {
  const texts = leaves.map(latin1);
  const known = new Map<string, Uint8Array>();
  const asked: (readonly Subtree[])[] = [];
  function hashAt({ level, index }: Subtree): Uint8Array {
    const key = `${String(level)} ${String(index)}`;
    const hash =
      known.get(key) ?? fromLatin1(treeHash(texts.slice(index * 2 ** level, (index + 1) * 2 ** level)));
    known.set(key, hash);
    return hash;
  }
  const read = (subtrees: readonly Subtree[]): Promise<Uint8Array[]> => {
    asked.push(subtrees);
    return Promise.resolve(subtrees.map(hashAt));
  };
  return { read, asked };
}
