import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { testDatabase } from '@agent-agency/testing/vitest';
import { beforeAll, describe, expect, it } from 'vitest';
import { formatContextKey } from '../src/index.ts';
import { createTestTenants, TEST_CONTEXT_KEY } from '../src/testing.ts';

const run = promisify(execFile);
const database = testDatabase();
beforeAll(() => createTestTenants(database, 'acme'));

describe('README', () => {
  it('has an example that runs', async () => {
    const readme = await readFile(new URL('../README.md', import.meta.url), 'utf8');
    const [, example = ''] = /```ts\n(.*?)```/s.exec(readme) ?? [];
    expect(example).toContain('withTenant');
    const program = `${example}\nprocess.stdout.write(JSON.stringify(agents));`;
    const { stdout } = await run(
      process.execPath,
      ['--conditions=@agent-agency/source', '--input-type=module-typescript', '--eval', program],
      {
        cwd: fileURLToPath(new URL('..', import.meta.url)),
        env: {
          DATABASE_URL: database.urlFor('agent_agency_app'),
          DB_CONTEXT_KEY: formatContextKey(TEST_CONTEXT_KEY),
        },
      },
    );
    expect(JSON.parse(stdout)).toEqual([{ name: 'Ada' }]);
  });
});
