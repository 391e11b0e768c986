import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, it, onTestFinished } from 'vitest';
import { readMigrationFolder } from '../src/index.ts';

it('readMigrationFolder reads pairs in order, a file without its partner too, and nothing else', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'migration-lint-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const files = {
    '002_b.sql': 'b',
    '001_a.sql': 'a',
    '001_a.down.sql': 'undo a',
    'bootstrap.sql': 'x',
    'README.md': 'y',
  };
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
  expect(await readMigrationFolder(pathToFileURL(folder))).toEqual([
    { name: '001_a', up: 'a', down: 'undo a' },
    { name: '002_b', up: 'b' },
  ]);
});
