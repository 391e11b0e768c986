import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { parseInput } from '../../src/input.ts';
import { VerdictToRecord } from '../../src/records/verdict.ts';
import { expectCode } from '../fixtures/expect-code.ts';
import { verdict } from './support/records.ts';

/** What a JavaScript caller may pass, whatever the types say. */
const unchecked = (fields: object): VerdictToRecord => verdict(fields);

const deep = (depth: number): unknown => {
  let value: unknown = 1;
  for (let level = 0; level < depth; level += 1) value = [value];
  return value;
};

describe('VerdictToRecord', () => {
  it('takes JSON as it is, as a copy of its own', () => {
    const decisionData = { z: [1e21, -0, 'größer'], a: { ['__proto__']: { deep: deep(120) } } };
    const parsed = parseInput(VerdictToRecord, verdict({ decisionData: decisionData as never }));
    expect(parsed.decisionData).toEqual({ ...decisionData, z: [1e21, 0, 'größer'] });
    expect(parsed.decisionData['z']).not.toBe(decisionData.z);
  });

  it.each<[string, object, string]>([
    ['no task', { taskId: undefined }, 'taskId'],
    ['a task that is no UUID', { taskId: 'TASK-1' }, 'taskId'],
    ['a UUID in capitals', { id: randomUUID().toUpperCase() }, 'id'],
    ['an unknown decision', { decisionType: 'maybe' }, 'decisionType'],
    ['a score below 0', { consensusScore: -0.01 }, 'consensusScore'],
    ['a score above 1', { consensusScore: 1.01 }, 'consensusScore'],
    ['a score of three decimals', { consensusScore: 0.125 }, 'consensusScore'],
    ['a score that is no number', { consensusScore: NaN }, 'consensusScore'],
    ['a score as text', { consensusScore: '0.5' }, 'consensusScore'],
    ['no decision', { decisionData: undefined }, 'decisionData'],
    ['a list', { decisionData: [] }, 'decisionData'],
    ['undefined in JSON', { decisionData: { a: undefined } }, 'decisionData'],
    ['NaN in JSON', { judgeVerdicts: { a: [NaN] } }, 'judgeVerdicts'],
    ['a bigint in JSON', { cawsCompliance: { a: 1n } }, 'cawsCompliance'],
    ['half a surrogate pair in JSON', { claimVerification: { a: '\ud83d' } }, 'claimVerification'],
    ['half a surrogate pair in a name', { metadata: { '\ud83d': 1 } }, 'metadata'],
    ['NUL in JSON', { metadata: { a: 'x\0' } }, 'metadata'],
    ['10,000 levels of JSON', { decisionData: { a: deep(10_000) } }, 'decisionData'],
    [
      'a cycle',
      {
        decisionData: (() => {
          const a: Record<string, unknown> = {};
          a['a'] = a;
          return a;
        })(),
      },
      'decisionData',
    ],
    ['a date in JSON', { metadata: { at: new Date(0) } }, 'metadata'],
    [
      'an accessor',
      {
        metadata: {
          get a() {
            return Math.random();
          },
        },
      },
      'metadata',
    ],
    ['null for what is absent', { claimVerification: null }, 'claimVerification'],
    ['an abbreviated commit', { gitCommitHash: 'abcdef0' }, 'gitCommitHash'],
    ['a commit of 41 digits', { gitCommitHash: 'a'.repeat(41) }, 'gitCommitHash'],
    ['a commit in capitals', { gitCommitHash: 'A'.repeat(40) }, 'gitCommitHash'],
    ['the null commit', { gitCommitHash: '0'.repeat(40) }, 'gitCommitHash'],
    ['a parent that is no UUID', { parents: ['x'] }, 'parents.0'],
    ['NUL in a reference', { constitutionalRefs: ['\0'] }, 'constitutionalRefs.0'],
    ['a fraction of a hundredth', { gateIntegrity: 0.5 }, 'gateIntegrity'],
    ['an invalid date', { createdAt: new Date(NaN) }, 'createdAt'],
    ['an unknown field', { verdict: 1 }, ''],
  ])('refuses %s', (_what, fields, field) => {
    const { details } = expectCode('INVALID_INPUT', () => parseInput(VerdictToRecord, unchecked(fields)));
    expect(details).toEqual({ field, problems: 1 });
  });
});
