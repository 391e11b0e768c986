import { connect, type SqlSession } from '@agent-agency/testing';
import { testDatabase } from '@agent-agency/testing/vitest';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { auditCatalogue, readCatalogue, rules, type Audit } from '../../src/index.ts';
import { allowanceExamples } from './examples/allowances.ts';
import { FIXTURE, type Example, type Examples } from './examples/example.ts';
import { functionExamples } from './examples/functions.ts';
import { policyExamples } from './examples/policies.ts';
import { policySetExamples } from './examples/policy-sets.ts';
import { privilegeExamples } from './examples/privileges.ts';
import { surroundingExamples } from './examples/surroundings.ts';
import { tableExamples } from './examples/tables.ts';

const examples: Examples = {
  ...tableExamples,
  ...policySetExamples,
  ...policyExamples,
  ...functionExamples,
  ...privilegeExamples,
  ...surroundingExamples,
  ...allowanceExamples,
};

const database = testDatabase();
let session: SqlSession;
let version: number;

beforeAll(async () => {
  session = await connect(database.url);
  // Ours is not asked, and hundreds of examples would read past it.
  await session.query('drop schema app, public cascade');
  const { rows } = await session.query(`select current_setting('server_version_num')::integer as version`);
  version = Number(rows[0]?.['version']);
});
afterAll(() => session.close());

/** What is found in a database with the fixture and an example; nothing of it stays. */
async function audit({ sql = '', roles = ['example_app'], change, allowances }: Example): Promise<Audit> {
  await session.query('begin');
  try {
    await session.query(FIXTURE);
    await session.query(sql);
    await session.query('reset role');
    const catalogue = await readCatalogue(session, { roles, schemas: ['shop'] });
    return auditCatalogue(change?.(catalogue) ?? catalogue, allowances);
  } finally {
    await session.query('rollback');
  }
}

const asExample = (example: string | Example): Example =>
  typeof example === 'string' ? { sql: example } : example;
const titled = (list: readonly (string | Example)[]): [string, Example][] =>
  list.map((example) => [
    typeof example === 'string' ? example : JSON.stringify(example),
    asExample(example),
  ]);
const described = ({ findings }: Audit): string[] =>
  findings.map(({ rule, place, message }) => `${rule} ${place}: ${message}`);

it('nothing is wrong with the fixture', async () => {
  const found = await audit({});
  expect(described(found)).toEqual([]);
  expect(found.notChecked).toEqual([]);
});

describe.each(rules)('$name', ({ name, what, why, instead }) => {
  const { bad, good } = examples[name] ?? { bad: [], good: [] };

  it('has examples of both kinds', () => {
    expect(bad.length).toBeGreaterThan(0);
    expect(good.length).toBeGreaterThan(0);
  });

  it('says what it finds, why, and what to do instead, in whole sentences', () => {
    for (const text of [what, why, instead]) expect(text).toMatch(/[.…]$|`$/);
  });

  it.each(titled(bad))('finds, and nothing else: %s', async (_, example) => {
    if (version < (example.since ?? 0)) return;
    const found = await audit(example);
    const names = new Set(found.findings.map(({ rule }) => rule));
    expect([...names], described(found).join('\n')).toEqual([name]);
    if (example.place !== undefined) expect(found.findings[0]?.place).toBe(example.place);
  });

  it.each(titled(good))('lets pass: %s', async (_, example) => {
    if (version < (example.since ?? 0)) return;
    expect(described(await audit(example))).toEqual([]);
  });
});

it('no example is of a rule that does not exist', () => {
  expect(Object.keys(examples).sort()).toEqual(rules.map(({ name }) => name).sort());
});
