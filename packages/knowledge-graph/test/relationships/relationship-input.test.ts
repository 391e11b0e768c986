import { matching } from '@agent-agency/testing/vitest';
import { describe, expect, it } from 'vitest';
import { parseInput } from '../../src/errors.ts';
import {
  RelationshipAssertions,
  type RelationshipAssertion,
} from '../../src/relationships/relationship-input.ts';

const yearly = (year: number) => new Date(Date.UTC(year, 0));
const asserted: RelationshipAssertion = {
  ...{ sourceAgentId: 'a', targetAgentId: 'b', type: 'VALIDATES', confidence: 0.8, validFrom: yearly(2010) },
};

describe('RelationshipAssertion', () => {
  it.each<[string, Partial<Record<keyof RelationshipAssertion, unknown>>, RegExp]>([
    ['a relationship with itself', { targetAgentId: 'a' }, /targetAgentId: must be another agent/],
    [
      'a confidence that would be rounded',
      { confidence: 0.695 },
      /confidence: must have at most two decimals/,
    ],
    ['a confidence below the floor', { confidence: 0.49 }, /confidence/],
    [
      'NaN',
      { confidence: NaN, strength: NaN, cooccurrenceCount: NaN },
      /confidence.*strength.*cooccurrenceCount/,
    ],
    [
      'infinite numbers',
      { mutualInformation: Infinity, pointwiseMutualInformation: -Infinity },
      /mutual.*pointwise/,
    ],
    ['a period that ends as it begins', { validTo: yearly(2010) }, /validTo: must be after validFrom/],
    ['a period that is over before it begins', { validTo: yearly(2009) }, /validTo: must be after validFrom/],
    [
      'no instants',
      { validFrom: new Date(NaN), lastObserved: new Date(Infinity) },
      /lastObserved.*validFrom/,
    ],
    ['numbers for instants', { validFrom: -Infinity, validTo: Infinity }, /validFrom.*validTo/],
    ['two types', { relationshipType: 'ENHANCES' }, /type: is not what relationshipType says/],
    ['no type', { type: undefined }, /type: is missing/],
    ['a type that there is not', { type: 'LIKES' }, /type/],
    ['an id of nobody', { sourceAgentId: '' }, /sourceAgentId/],
    [
      'ids that cannot be stored',
      { sourceAgentId: 'a\0', targetAgentId: '\ud800' },
      /sourceAgentId.*targetAgentId/,
    ],
    ['an id of 10 kB', { sourceAgentId: 'x'.repeat(10_000) }, /sourceAgentId/],
    ['metadata that cannot be stored', { metadata: { '\0': 1 } }, /metadata: must not contain NUL/],
    ['metadata without end', { metadata: { a: 'x'.repeat(70_000) } }, /metadata: must have at most/],
    ['metadata that is no JSON', { metadata: { a: 1n } }, /metadata/],
    [
      'a number with too many decimals',
      { mutualInformation: 0.1234567 },
      /mutualInformation: must have at most six/,
    ],
    ['something else', { strenght: 1 } as never, /strenght/],
  ])('refuses %s', (_what, fields, message) => {
    const given = [asserted, { ...asserted, ...fields } as RelationshipAssertion].toReversed();
    expect(() => parseInput(RelationshipAssertions, given)).toThrow(
      expect.objectContaining({ code: 'INVALID_INPUT', message: matching(message) }),
    );
  });
  it('takes ids of any letters, and names both ends of what holds both ways in the order of their bytes', () => {
    // In UTF-16 the second comes first.
    const ids = ['\uffee\u202e\u200b', '\u{1f600}'] as const;
    const turned = { ...asserted, type: 'SIMILAR_TO', sourceAgentId: ids[1], targetAgentId: ids[0] } as const;
    expect(parseInput(RelationshipAssertions, [turned])).toMatchObject([
      { sourceAgentId: ids[0], targetAgentId: ids[1], isDirectional: false },
    ]);
  });
});
