import { describe, expect, it } from 'vitest';
import { lintMigrations, rules } from '../src/index.ts';
import { EARLIER, type Example, type Examples } from './examples/example.ts';
import { functionExamples } from './examples/functions.ts';
import { lockExamples } from './examples/locks.ts';
import { runningCodeExamples } from './examples/running-code.ts';
import { tenantExamples } from './examples/tenants.ts';
import { wayBackExamples } from './examples/way-back.ts';

const examples: Examples = {
  ...lockExamples,
  ...runningCodeExamples,
  ...tenantExamples,
  ...functionExamples,
  ...wayBackExamples,
};

async function rulesFound(example: Example): Promise<Set<string>> {
  const { up, down, earlier = '' } = typeof example === 'string' ? { up: example } : example;
  const findings = await lintMigrations(
    [
      { name: '001_earlier', up: `${EARLIER};\n${earlier}` },
      { name: '002_example', up, ...(down !== undefined && { down }) },
    ],
    { only: ['002_example'] },
  );
  return new Set(findings.map(({ rule }) => rule));
}

const textOf = (example: Example): string =>
  typeof example === 'string' ? example : JSON.stringify(example);

describe.each(rules)('$name', ({ name, what, why, instead }) => {
  const { bad, good } = examples[name] ?? { bad: [], good: [] };

  it('has examples of both kinds', () => {
    expect(bad.length).toBeGreaterThan(0);
    expect(good.length).toBeGreaterThan(0);
  });

  it('says what it finds, why, and what to do instead, in whole sentences', () => {
    for (const text of [what, why, instead]) expect(text).toMatch(/[.…]$|`$/);
  });

  it.each(bad.map((example) => [textOf(example), example]))('finds: %s', async (_, example) => {
    expect(await rulesFound(example)).toContain(name);
  });

  it.each(good.map((example) => [textOf(example), example]))('lets pass: %s', async (_, example) => {
    const found = await rulesFound(example);
    expect(found).not.toContain(name);
    // An example that cannot be read lets everything pass.
    if (!textOf(example).includes('syntax error')) expect(found).not.toContain('syntax-error');
  });
});

it('no example is of a rule that does not exist', () => {
  expect(Object.keys(examples).sort()).toEqual(rules.map(({ name }) => name).sort());
});
