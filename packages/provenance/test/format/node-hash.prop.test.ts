import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalize, encodeNode, hashNode, type ProvenanceNode } from '../../src/verify.ts';
import { decodeNode } from '../fixtures/decode-node.ts';
import { arbitraryNode } from '../fixtures/arbitrary-node.ts';

describe('encodeNode', () => {
  it('is injective: an independent reader gets every node back', () => {
    fc.assert(
      fc.property(arbitraryNode, (node) => {
        expect(decodeNode(encodeNode(node))).toEqual(withoutAbsent(node));
      }),
    );
  });
});

describe('hashNode', () => {
  it('differs for nodes that differ in one field', () => {
    const fieldNames = Object.keys(encodedFields) as (keyof ProvenanceNode)[];
    fc.assert(
      fc.property(arbitraryNode, arbitraryNode, fc.constantFrom(...fieldNames), (node, other, field) => {
        const changed = { ...node, [field]: other[field] };
        const same = Buffer.from(encodeNode(changed)).equals(encodeNode(node));
        expect(hashNode(changed) === hashNode(node)).toBe(same);
        expect(same).toBe(equalField(node[field], other[field]));
      }),
      { numRuns: 500 },
    );
  });
});

const encodedFields: Record<keyof ProvenanceNode, true> = {
  tenantId: true,
  seq: true,
  previousHash: true,
  id: true,
  entityType: true,
  entityId: true,
  parents: true,
  content: true,
  constitutionalRefs: true,
  specHash: true,
  description: true,
  evidenceCompleteness: true,
  budgetAdherence: true,
  gateIntegrity: true,
  provenanceClarity: true,
  createdAtMicros: true,
  signingKeyId: true,
};

function equalField(a: unknown, b: unknown): boolean {
  return text(a) === text(b);
}

function text(value: unknown): string {
  if (value instanceof Uint8Array) return Buffer.from(value).toString('hex');
  if (Array.isArray(value)) return new TextDecoder().decode(canonicalize(value as string[]));
  return String(value);
}

function withoutAbsent(node: ProvenanceNode): Record<string, unknown> {
  return Object.fromEntries(Object.entries(node).filter(([, value]) => value !== undefined));
}
