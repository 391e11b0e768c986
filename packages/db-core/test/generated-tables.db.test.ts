import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';

const script = fileURLToPath(new URL('../scripts/generate-tables.ts', import.meta.url));

it('the table types of every package are those of the migrated schema', async () => {
  const run = promisify(execFile)(process.execPath, [
    '--conditions=@agent-agency/source',
    script,
    '--verify',
  ]);
  // On a difference it exits with 1 and lists the stale files.
  await expect(run).resolves.toMatchObject({ stdout: '' });
});
