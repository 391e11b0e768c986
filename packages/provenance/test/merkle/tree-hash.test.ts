import { describe, expect, it } from 'vitest';
import { emptyRoot, innerHash, leafHash, logLeafHash, rootOf } from '../../src/verify.ts';
import { expectCode } from '../fixtures/expect-code.ts';
import { bytes, hashOf, hex } from './support/bytes.ts';
import { entries, roots } from './support/published.ts';

// transparency-dev/merkle, rfc6962/rfc6962_test.go
const emptyHash = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';
const emptyLeafHash = '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d';
const leafOfL123456 = '395aa064aa4c29f7010acfe3f25db9485bbd4b91897b6ad7ad547639252b4d56';

describe('leafHash', () => {
  it('gives the published hashes', () => {
    expect(hex(leafHash(new Uint8Array()))).toBe(emptyLeafHash);
    expect(hex(leafHash(new TextEncoder().encode('L123456')))).toBe(leafOfL123456);
  });
});

describe('logLeafHash', () => {
  it('hashes the 32 raw bytes of a node’s hash, not its text', () => {
    const hash = '0f'.repeat(32);
    expect(logLeafHash(hash)).toEqual(leafHash(bytes(hash)));
  });

  it.each(['0F'.repeat(32), '0f'.repeat(31), '', undefined as never])('refuses %s', (hash) => {
    expectCode('HASH_INVALID', () => logLeafHash(hash));
  });
});

describe('innerHash', () => {
  it('is no leaf hash of the same bytes', () => {
    const [left, right] = [hashOf('left'), hashOf('right')];
    const both = new Uint8Array([...left, ...right]);
    expect(innerHash(left, right)).not.toEqual(leafHash(both));
    expect(innerHash(left, right)).not.toEqual(leafHash(new Uint8Array([1, ...both])));
  });

  it('depends on the order', () => {
    const [left, right] = [hashOf('left'), hashOf('right')];
    expect(innerHash(left, right)).not.toEqual(innerHash(right, left));
  });

  it.each([
    [31, 33],
    [33, 31],
    [32, 0],
    [0, 32],
  ])('refuses hashes of %i and %i bytes', (left, right) => {
    expectCode('TREE_INVALID', () => innerHash(new Uint8Array(left), new Uint8Array(right)));
  });
});

describe('rootOf', () => {
  it('gives the published roots', () => {
    for (const [index, root] of roots.entries())
      expect(hex(rootOf(entries.slice(0, index + 1).map(leafHash)))).toBe(hex(root));
  });

  it('is the hash of nothing for the empty tree', () => {
    expect(hex(rootOf([]))).toBe(emptyHash);
    expect(hex(emptyRoot())).toBe(emptyHash);
  });

  it('gives the empty root afresh: what somebody does to one changes no other', () => {
    emptyRoot().fill(0);
    expect(hex(emptyRoot())).toBe(emptyHash);
  });
});
