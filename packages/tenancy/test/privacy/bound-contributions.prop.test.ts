import { matching } from '@agent-agency/testing/vitest';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { boundContributions, type AgentContribution } from '../../src/privacy/bound-contributions.ts';

const rows = fc.uniqueArray(
  fc.record({
    agentId: fc.constantFrom('a', 'b', 'c'),
    rowId: fc.stringMatching(/^[0-9]{1,2}$/),
    value: fc.bigInt({ min: -100n, max: 100n }),
  }),
  { selector: ({ agentId, rowId }) => `${agentId} ${rowId}` },
);
const bounds = fc
  .tuple(fc.bigInt({ min: -50n, max: 49n }), fc.bigInt({ min: 1n, max: 60n }), fc.integer({ min: 1, max: 4 }))
  .map(([lower, width, maxRowsPerAgent]) => ({ lower, upper: lower + width, maxRowsPerAgent }));
const sumOf = (chosen: readonly AgentContribution[]): bigint =>
  chosen.reduce((sum, { value }) => sum + value, 0n);
const magnitude = (value: bigint): bigint => (value < 0n ? -value : value);

describe('boundContributions', () => {
  it('lets one agent move count and sum by the sensitivity at most', () => {
    fc.assert(
      fc.property(rows, bounds, (all, limits) => {
        const { rows: bounded, sensitivity } = boundContributions(all, limits);
        const without = boundContributions(
          all.filter(({ agentId }) => agentId !== 'a'),
          limits,
        ).rows;
        expect(BigInt(bounded.length - without.length) <= sensitivity.count).toBe(true);
        expect(magnitude(sumOf(bounded) - sumOf(without)) <= sensitivity.sum).toBe(true);
        expect(bounded.filter(({ agentId }) => agentId !== 'a')).toEqual(without);
      }),
    );
  });

  it('says no more of the sensitivity than one agent can do', () => {
    const extremes = [0, 1, 2].map((row) => ({ agentId: 'a', rowId: String(row), value: -9n }));
    const limits = { maxRowsPerAgent: 2, lower: -7n, upper: 5n };
    const { rows: bounded, sensitivity } = boundContributions(extremes, limits);
    expect(sensitivity).toEqual({ count: 2n, sum: 14n });
    expect(sumOf(bounded)).toBe(-14n);
  });

  it('chooses rows by their ids, whatever they measure and in whatever order they come', () => {
    fc.assert(
      fc.property(rows, bounds, fc.bigInt(), (all, limits, other) => {
        const idsOf = (of: readonly AgentContribution[]): string[] =>
          boundContributions(of, limits).rows.map(({ agentId, rowId }) => `${agentId} ${rowId}`);
        expect(idsOf(all.map((row) => ({ ...row, value: row.value + other })))).toEqual(idsOf(all));
        expect(idsOf(all.toReversed())).toEqual(idsOf(all));
      }),
    );
  });

  it.each([
    [{ maxRowsPerAgent: 0, lower: 0n, upper: 1n }, /maxRowsPerAgent/],
    [{ maxRowsPerAgent: 1.5, lower: 0n, upper: 1n }, /maxRowsPerAgent/],
    [{ maxRowsPerAgent: 1, lower: 1n, upper: 1n }, /lower must be below upper/],
  ])('refuses bounds of which nothing follows', (limits, message) => {
    expect(() => boundContributions([], limits)).toThrow(
      expect.objectContaining({ code: 'INVALID_INPUT', message: matching(message) }),
    );
  });

  it('refuses two rows that it could not tell apart', () => {
    const twice = [1n, 2n].map((value) => ({ agentId: 'a', rowId: '1', value }));
    expect(() => boundContributions(twice, { maxRowsPerAgent: 1, lower: 0n, upper: 1n })).toThrow(
      expect.objectContaining({ code: 'INVALID_INPUT', message: matching(/the same id/) }),
    );
  });
});
