import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { formatContextKey } from '@agent-agency/db-core';
import { createTestTenants, TEST_CONTEXT_KEY } from '@agent-agency/db-core/testing';
import { testDatabase } from '@agent-agency/testing/vitest';
import { beforeAll, describe, expect, it } from 'vitest';
import * as tenancy from '../src/index.ts';

const run = promisify(execFile);
const database = testDatabase();
const readme = await readFile(new URL('../README.md', import.meta.url), 'utf8');
beforeAll(() => createTestTenants(database, 'first'));

describe('README', () => {
  it('has an example that runs, and runs again', async () => {
    const [, example = ''] = /```ts\n(.*?)```/s.exec(readme) ?? [];
    for (let twice = 0; twice < 2; twice += 1) {
      const { stdout } = await run(
        process.execPath,
        ['--conditions=@agent-agency/source', '--input-type=module-typescript', '--eval', example],
        {
          cwd: fileURLToPath(new URL('..', import.meta.url)),
          env: {
            DATABASE_URL: database.url,
            DB_ALLOW_PRIVILEGED_ROLE: 'true',
            DB_CONTEXT_KEY: formatContextKey(TEST_CONTEXT_KEY),
          },
        },
      );
      expect(stdout).toContain(`targetTenantId: 'globex'`);
      expect(stdout.trimEnd().split('\n').at(-1)).toBe('shared');
    }
  });

  it('names only what there is', () => {
    const table = readme.slice(readme.indexOf('## What is in it'), readme.indexOf("A tenant's id"));
    const names = [...table.matchAll(/`([a-z]\w+)`/g)].map(([, name = '']) => name);
    expect(names.length).toBeGreaterThan(60);
    expect(names.filter((name) => /[A-Z]/.test(name) && !(name in tenancy))).toEqual([]);
  });
});
