import { matching } from '@agent-agency/testing/vitest';
import { describe, expect, it } from 'vitest';
import { parseInput } from '../../src/errors.ts';
import { Demonstration } from '../../src/index.ts';
import { demonstration, vectorOf } from '../support/fixtures.ts';

const at = (day: number) => new Date(Date.UTC(2026, 0, day));

describe('Demonstration', () => {
  it.each([
    ['767 dimensions', { embedding: new Float32Array(767).fill(1) }, /768 dimensions/],
    ['769 dimensions', { embedding: new Float32Array(769).fill(1) }, /768 dimensions/],
    ['NaN in a vector', { embedding: vectorOf(NaN) }, /finite/],
    ['infinity in a vector', { embedding: vectorOf(-Infinity) }, /finite/],
    ['a vector of zeros', { embedding: new Float32Array(768) }, /all zero/],
    [
      'an array for a vector',
      { embedding: Array.from(vectorOf(1)) as unknown as Demonstration['embedding'] },
      /embedding/,
    ],
    ['a confidence of 0.695', { extractionConfidence: 0.695 }, /two decimals/],
    ['a confidence of 0.7000001', { extractionConfidence: 0.7000001 }, /two decimals/],
    ['a confidence above 1', { extractionConfidence: 1.01 }, /extractionConfidence/],
    ['a confidence below 0', { extractionConfidence: -0.01 }, /extractionConfidence/],
    ['a confidence of NaN', { extractionConfidence: NaN }, /extractionConfidence/],
    ['an empty name', { name: '' }, /blank/],
    ['a name of white space', { name: ' \t\u00a0\u3000\u2028\u1680' }, /blank/],
    ['a name of 501', { name: 'n'.repeat(501) }, /name/],
    ['a name of 10 kB', { name: 'n'.repeat(10_240) }, /name/],
    ['a name of 10 kB of spaces', { name: ' '.repeat(10_240) }, /name/],
    ['a name that is too long in canonical form', { name: '\ufdfa'.repeat(40) }, /canonical form/],
    ['a name with NUL', { name: 'a\0' }, /NUL/],
    ['a name with half a character', { name: 'a\ud83e' }, /surrogates/],
    ['a topic with NUL', { topics: ['ok', '\0'] }, /topics.1.*NUL/],
    ['a topic with half a character', { topics: ['\udc00'] }, /topics\.0/],
    ['101 topics', { topics: Array.from({ length: 101 }, String) }, /topics/],
    [
      'a vector too short for a cosine',
      { embedding: vectorOf(0).map((x) => x * 1e-19) },
      /length from 1e-18/,
    ],
    ['a vector too long for a cosine', { embedding: vectorOf(0).map((x) => x * 2e19) }, /length from 1e-18/],
    ['a count of 0', { count: 0 }, /count/],
    ['more successes than demonstrations', { count: 2, successes: 3 }, /successes: must not be more/],
    ['successes below 0', { successes: -1 }, /successes/],
    ['a task without a UUID', { sourceTasks: ['x'] }, /sourceTasks\.0/],
    ['half a count', { count: 1.5 }, /count/],
    ['a count beyond integer', { count: 2_147_483_648 }, /count/],
    ['an end before the beginning', { firstAt: at(2), lastAt: at(1) }, /lastAt: must not be before/],
    ['a date that is none', { firstAt: new Date(NaN) }, /firstAt/],
    ['a date before the calendar', { firstAt: new Date(-8.64e15) }, /firstAt/],
    ['an unknown type', { type: 'SKILL' as 'CONCEPT' }, /type/],
    ['an empty agent', { agentId: '' }, /agentId/],
    ['an unknown field', { size: 1 }, /size/],
  ] as [string, Partial<Demonstration>, RegExp][])('is none with %s', (_what, fields, message) => {
    expect(() => parseInput(Demonstration, demonstration(fields))).toThrow(
      expect.objectContaining({
        name: 'GraphError',
        code: 'INVALID_INPUT',
        message: matching(message),
      }) as Error,
    );
  });
  it('takes the shortest and the longest vector that PostgreSQL finds a cosine of', () => {
    for (const length of [1.01e-18, 9.9e18])
      expect(() =>
        parseInput(Demonstration, demonstration({ embedding: vectorOf(0).map((x) => x * length) })),
      ).not.toThrow();
  });
});
