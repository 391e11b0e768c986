import { readFile } from 'node:fs/promises';
import { createTestTenants, runReadmeExample } from '@agent-agency/db-core/testing';
import { testDatabase } from '@agent-agency/testing/vitest';
import { beforeAll, describe, expect, it } from 'vitest';
import * as tenancy from '../src/index.ts';

const database = testDatabase();
const README = new URL('../README.md', import.meta.url);
const readme = await readFile(README, 'utf8');
beforeAll(() => createTestTenants(database, 'first'));

describe('README', () => {
  it('has an example that runs, and runs again', async () => {
    for (let twice = 0; twice < 2; twice += 1) {
      const { printed, promised } = await runReadmeExample(README, {
        DATABASE_URL: database.url,
        DB_ALLOW_PRIVILEGED_ROLE: 'true',
      });
      expect(printed.join('\n')).toContain(`targetTenantId: 'globex'`);
      expect(printed.at(-1)).toBe(promised.at(-1));
      expect(printed.at(-1)).toBe('shared');
    }
  });

  it('names only what there is', () => {
    const table = readme.slice(readme.indexOf('## What is in it'), readme.indexOf("A tenant's id"));
    const names = [...table.matchAll(/`([a-z]\w+)`/g)].map(([, name = '']) => name);
    expect(names.length).toBeGreaterThan(60);
    expect(names.filter((name) => /[A-Z]/.test(name) && !(name in tenancy))).toEqual([]);
  });
});
