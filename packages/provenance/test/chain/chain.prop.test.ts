import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type ProvenanceNode, type ProvenanceNodeRecord, verifyChain } from '../../src/verify.ts';
import { arbitraryNode } from '../fixtures/arbitrary-node.ts';
import { buildChain, headOf, testTenant, trusted } from '../fixtures/chain.ts';

const length = 12;
const chain = await buildChain(length);
const options = { tenantId: testTenant, keys: trusted, expectedHead: headOf(chain) };

const position = fc.integer({ min: 0, max: length - 1 });

describe('verifyChain', () => {
  it('finds any field of any node replaced by any value, first at that node', async () => {
    const fields = fc.constantFrom<keyof ProvenanceNode>(
      'id',
      'entityType',
      'entityId',
      'parents',
      'content',
      'constitutionalRefs',
      'specHash',
      'description',
      'evidenceCompleteness',
      'budgetAdherence',
      'gateIntegrity',
      'provenanceClarity',
      'createdAtMicros',
    );
    await fc.assert(
      fc.asyncProperty(position, fields, arbitraryNode, async (place, field, other) => {
        const records = chain.map((record, index) =>
          index === place ? { ...record, [field]: other[field] } : record,
        );
        const report = await verifyChain(records, options);
        const changed = JSON.stringify(plain(records[place])) !== JSON.stringify(plain(chain[place]));
        const kinds = [
          ...(changed ? ['hash-mismatch'] : []),
          ...(saysNothing(records[place]) ? ['bad-key-statement'] : []),
        ];
        expect(report.violations).toMatchObject(kinds.map((kind) => ({ seq: place + 1, kind })));
      }),
    );
  });

  it('accepts one order of the nodes and no other', async () => {
    const order = fc.shuffledSubarray([...chain], { minLength: 0, maxLength: length });
    await fc.assert(
      fc.asyncProperty(order, async (records) => {
        const intact =
          records.length === length && records.every((record, index) => record.seq === index + 1);
        expect((await verifyChain(records, options)).valid).toBe(intact);
      }),
    );
  });

  it('finds every missing stretch at the node after it', async () => {
    await fc.assert(
      fc.asyncProperty(position, fc.integer({ min: 1, max: length }), async (from, count) => {
        const records = chain.filter((_, index) => index < from || index >= from + count);
        const report = await verifyChain(records, options);
        const expected =
          from + count < length
            ? { seq: from + count + 1, kind: 'sequence-gap' }
            : { seq: length, kind: 'head-mismatch' };
        expect(report.violations).toMatchObject([expected]);
      }),
    );
  });
});

/** A node turned into one about a key. */
function saysNothing(record: ProvenanceNodeRecord | undefined): boolean {
  return record?.entityType === 'key';
}

/** With bytes and bigints as text, to compare records by. */
function plain(record: ProvenanceNodeRecord | undefined): unknown {
  return (
    record && {
      ...record,
      content: Buffer.from(record.content).toString('hex'),
      createdAtMicros: String(record.createdAtMicros),
    }
  );
}
