import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { runProgram } from '../src/run-program.ts';

const folder = fileURLToPath(new URL('..', import.meta.url));

it('README.md: the example runs and prints what it says', async () => {
  const readme = await readFile(`${folder}/README.md`, 'utf8');
  const code = /```ts\n([^]*?)```/.exec(readme)?.[1] ?? '';
  const promised = /console\.log\(.*\/\/ (.*)/.exec(code)?.[1];
  const flags = ['--conditions=@agent-agency/source', '--input-type=module-typescript', '--eval', code];
  const { stdout } = await runProgram(process.execPath, flags, { cwd: folder });
  expect(stdout.trim()).toBe(promised);
});
