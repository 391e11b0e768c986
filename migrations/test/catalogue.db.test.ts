import type { SqlSession } from '@agent-agency/testing';
import { connect } from '@agent-agency/testing';
import { testDatabase } from '@agent-agency/testing/vitest';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { documentationRules } from './rules/documentation.ts';
import { functionRules } from './rules/functions.ts';
import { isolationRules } from './rules/isolation.ts';
import { keyRules } from './rules/keys.ts';
import { privilegeRules } from './rules/privileges.ts';
import { makeRuleViews } from './rules/rule.ts';

const database = testDatabase();
let session: SqlSession;

beforeAll(async () => {
  session = await connect(database.url);
  await makeRuleViews(session);
});
afterAll(() => session.close());

const violationsOf = async (query: string): Promise<string[]> =>
  (await session.query(query)).rows.map(({ violation }) => String(violation));

describe.each([
  ['isolation', isolationRules],
  ['keys', keyRules],
  ['privileges', privilegeRules],
  ['functions', functionRules],
  ['documentation', documentationRules],
])('the rules of %s', (_, rules) => {
  describe.each(rules)('$name', ({ violations, breaches }) => {
    it('holds', async () => {
      expect(await violationsOf(violations)).toEqual([]);
    });

    it.each(breaches)('notices: %s', async (breach) => {
      await session.query('begin');
      try {
        await session.query(breach);
        expect(await violationsOf(violations)).not.toEqual([]);
      } finally {
        await session.query('rollback');
      }
    });
  });
});
