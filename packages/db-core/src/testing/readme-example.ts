import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { formatContextKey } from '../tenant/context-key.ts';
import { TEST_CONTEXT_KEY } from './test-context-key.ts';

/** What a README's example printed, and what its comments say that it prints. */
export interface ExampleRun {
  readonly printed: readonly string[];
  /** The comments behind `console.log(…);`. */
  readonly promised: readonly string[];
}

/**
 * Runs the first TypeScript example of a README as a program of its own, as a reader would.
 *
 * @param environment besides `DB_CONTEXT_KEY`
 * @throws what the program wrote to its standard error, when it fails.
 */
export async function runReadmeExample(
  readme: URL,
  environment: Readonly<Record<string, string>>,
): Promise<ExampleRun> {
  const [, example = ''] = /```ts\n(.*?)```/s.exec(await readFile(readme, 'utf8')) ?? [];
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ['--conditions=@agent-agency/source', '--input-type=module-typescript', '--eval', example],
    {
      cwd: fileURLToPath(new URL('.', readme)),
      env: { DB_CONTEXT_KEY: formatContextKey(TEST_CONTEXT_KEY), ...environment },
    },
  );
  const promised = [...example.matchAll(/console\.log\(.*; \/\/ (.*)/g)].map(([, output = '']) => output);
  return { printed: stdout.trimEnd().split('\n'), promised };
}
