import { matching } from '@agent-agency/testing/vitest';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { releasableGroups } from '../../src/privacy/releasable-groups.ts';

const group = (name: string, ...tenants: string[]) => ({ name, tenants });
const groups = fc
  .array(fc.array(fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f'), { maxLength: 8 }), { maxLength: 6 })
  .map((lists) => lists.map((tenants, place) => ({ name: `group ${place}`, tenants })));

describe('releasableGroups', () => {
  it('counts tenants and not rows', () => {
    const few = group('few', 'a', 'a', 'a', 'b');
    const many = group('many', 'a', 'b', 'c');
    expect(releasableGroups([few, many], { k: 3 })).toEqual({
      released: ['many'],
      suppressed: ['few'],
      isTotalReleased: false,
    });
  });

  it('suppresses a second group where the total would give the first away', () => {
    const all = [group('one', 'a'), group('three', 'b', 'c', 'd'), group('four', 'b', 'c', 'd', 'e')];
    expect(releasableGroups(all, { k: 3 }).released).toEqual(['four', 'three']);
    expect(releasableGroups(all, { k: 3, withTotal: true })).toEqual({
      released: ['four'],
      suppressed: ['one', 'three'],
      isTotalReleased: true,
    });
  });

  it('needs no second group where those that are suppressed are enough together', () => {
    const all = [group('one', 'a'), group('two', 'b', 'c'), group('four', 'b', 'c', 'd', 'e')];
    expect(releasableGroups(all, { k: 3, withTotal: true }).suppressed).toEqual(['one', 'two']);
  });

  it('withholds a total that is about too few', () => {
    expect(releasableGroups([group('one', 'a'), group('two', 'a', 'b')], { k: 3, withTotal: true })).toEqual({
      released: [],
      suppressed: ['one', 'two'],
      isTotalReleased: false,
    });
  });

  it('shows no figure about fewer than k tenants, nor lets one be computed from the total', () => {
    fc.assert(
      fc.property(groups, fc.integer({ min: 2, max: 5 }), fc.boolean(), (all, k, withTotal) => {
        const { released, suppressed, isTotalReleased } = releasableGroups(all, { k, withTotal });
        const tenantsOf = (names: readonly string[]) =>
          new Set(all.filter(({ name }) => names.includes(name)).flatMap(({ tenants }) => tenants));
        expect([...released, ...suppressed].toSorted()).toEqual(all.map(({ name }) => name).toSorted());
        for (const name of released) expect(tenantsOf([name]).size).toBeGreaterThanOrEqual(k);
        if (isTotalReleased && suppressed.length > 0)
          expect(tenantsOf(suppressed).size).toBeGreaterThanOrEqual(k);
      }),
    );
  });

  it.each([
    [[], { k: 1 }, /k/],
    [[], { k: 2.5 }, /k/],
    [[group('same', 'a'), group('same', 'b')], { k: 2 }, /two groups must not have one name/],
  ])('refuses %j with %j', (all, options, message) => {
    expect(() => releasableGroups(all, options)).toThrow(
      expect.objectContaining({ code: 'INVALID_INPUT', message: matching(message) }),
    );
  });
});
