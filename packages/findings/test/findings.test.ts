import { describe, expect, it } from 'vitest';
import {
  countFindings,
  describeFindings,
  describeRule,
  findingOf,
  rulePart,
  ruleTable,
  sortFindings,
  toSarif,
} from '../src/index.ts';
import type { Finding, Places, Rule } from '../src/index.ts';

const steep: Rule = {
  name: 'steep',
  severity: 'error',
  what: 'A stair is steep.',
  why: 'People fall.',
  instead: 'A ramp | a lift.',
};
const dark: Rule = { ...steep, name: 'dark', severity: 'warning', what: 'A stair is dark.' };

interface StairFinding extends Finding {
  readonly stair: number;
}
const places: Places<StairFinding> = {
  text: ({ stair }) => `stair ${stair}`,
  compare: (one, other) => one.stair - other.stair,
  location: ({ stair }) => ({ logicalLocations: [{ name: `stair ${stair}` }] }),
};
const at = (stair: number, rule: Rule): StairFinding => ({ ...findingOf(rule, `${rule.name} it is`), stair });
const findings = sortFindings([at(10, steep), at(9, steep), at(9, dark)], places);

describe('sortFindings', () => {
  it('sorts by place as its check compares places, then by rule', () => {
    expect(findings.map(({ stair, rule }) => [stair, rule])).toEqual([
      [9, 'dark'],
      [9, 'steep'],
      [10, 'steep'],
    ]);
  });
});

describe('describeFindings', () => {
  it('explains each rule once', () => {
    expect(describeFindings(findings, places)).toEqual([
      'stair 9: warning dark: dark it is',
      '    People fall.',
      '    → A ramp | a lift.',
      'stair 9: error steep: steep it is',
      '    People fall.',
      '    → A ramp | a lift.',
      'stair 10: error steep: steep it is',
      '2 errors, 1 warning',
    ]);
  });

  it('says so when there is nothing', () => {
    expect(describeFindings([], places)).toEqual(['nothing is wrong']);
  });
});

it('countFindings counts by severity', () => {
  expect(countFindings(findings)).toEqual({ errors: 2, warnings: 1 });
});

it('describeRule and rulePart are a rule’s words and nothing else of it', () => {
  expect(describeRule(dark)).toEqual([
    'dark (warning)',
    '    A stair is dark.',
    '    People fall.',
    '    → A ramp | a lift.',
  ]);
  expect(rulePart(Object.assign({ check: () => [] }, dark))).toEqual(dark);
});

it('ruleTable is Markdown that a pipe does not break', () => {
  expect(ruleTable({ Stairs: [steep, dark] })).toBe(
    `### Stairs

| rule | finds | instead |
| --- | --- | --- |
| \`steep\` | A stair is steep. | A ramp \\| a lift. |
| \`dark\` (warning) | A stair is dark. | A ramp \\| a lift. |`,
  );
});

describe('toSarif', () => {
  const tool = { name: 'stairs', rules: [steep, dark], places };
  interface Log {
    runs: [{ results: object[]; invocations?: { toolExecutionNotifications: object[] }[] }];
  }

  it('gives every finding its rule and its place', () => {
    const { runs } = toSarif(tool, { findings: [at(9, dark)] }) as Log;
    expect(runs[0].results).toEqual([
      {
        ruleId: 'dark',
        ruleIndex: 1,
        level: 'warning',
        message: { text: 'dark it is' },
        locations: [{ logicalLocations: [{ name: 'stair 9' }] }],
      },
    ]);
    expect(runs[0].invocations).toBeUndefined();
  });

  it('tells what is allowed from what is not, and what was not checked', () => {
    const { runs } = toSarif(tool, {
      findings: [],
      allowed: [{ finding: at(9, dark), reason: 'nobody goes there' }],
      notChecked: [{ rule: 'steep', reason: 'no ladder' }],
    }) as Log;
    expect(runs[0].results).toMatchObject([
      { ruleId: 'dark', suppressions: [{ kind: 'external', justification: 'nobody goes there' }] },
    ]);
    expect(runs[0].invocations?.[0]?.toolExecutionNotifications).toEqual([
      {
        level: 'note',
        message: { text: 'steep was not checked: no ladder' },
        associatedRule: { id: 'steep' },
      },
    ]);
  });
});
