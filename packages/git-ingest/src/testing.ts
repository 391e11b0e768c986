import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir } from 'node:fs/promises';
import { devNull } from 'node:os';
import { resolve } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

import type { CommitSpec } from './testing/commit-spec.ts';
import { fastImportStream } from './testing/fast-import.ts';

export type { CommitSpec, FileSpec, PersonSpec } from './testing/commit-spec.ts';

/** What kind of repository is built. */
export interface BuildOptions {
  readonly objectFormat?: 'sha1' | 'sha256';
  readonly bare?: boolean;
  /** Writes the files of `main` to disk; false unless given, for nothing here reads them. */
  readonly checkout?: boolean;
}

/** A repository that was built. */
export interface BuiltRepository {
  readonly path: string;
  /** The ids of the commits, in the order in which they were given. */
  readonly commitIds: readonly string[];
}

/**
 * Builds a real git repository from a description, for tests: HEAD is `main`, the user's git configuration plays no part,
 * and the same description gives the same commit ids on every machine.
 *
 * **Cost**: one `git fast-import`; 100,000 files or 10,000 commits take a second or two. Commits may come from a generator.
 *
 * @throws Error with git's words when git refuses.
 * @example
 * const { path, commitIds } = await buildRepository('/tmp/example', [
 *   { message: 'feat: start', files: [{ path: 'src/index.ts', content: 'export {};\n' }] },
 *   { message: 'fix: a root of its own', parents: [], branch: 'other' },
 *   { message: 'Merge branch other', parents: [0, 1] },
 * ]);
 */
export async function buildRepository(
  path: string,
  commits: Iterable<CommitSpec> | AsyncIterable<CommitSpec>,
  options: BuildOptions = {},
): Promise<BuiltRepository> {
  const absolutePath = resolve(path);
  await mkdir(absolutePath, { recursive: true });
  const { objectFormat = 'sha1', bare = false, checkout = false } = options;
  const format = [`--object-format=${objectFormat}`, ...(bare ? ['--bare'] : [])];
  await testGit(absolutePath, ['init', '--quiet', '--initial-branch=main', ...format]);
  const ids = await testGit(
    absolutePath,
    ['fast-import', '--quiet', '--done'],
    Readable.from(fastImportStream(commits)),
  );
  if (checkout) await testGit(absolutePath, ['reset', '--quiet', '--hard', 'main']);
  return { path: absolutePath, commitIds: ids.split('\n').filter(Boolean) };
}

/** The environment in which git neither sees the machine's and the user's configuration nor another repository. */
export function testGitEnvironment(): NodeJS.ProcessEnv {
  const inherited = Object.entries(process.env).filter(([name]) => !name.startsWith('GIT_'));
  return {
    ...Object.fromEntries(inherited),
    GIT_CONFIG_GLOBAL: devNull,
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_AUTHOR_NAME: 'Ada Example',
    GIT_AUTHOR_EMAIL: 'ada@example.com',
    GIT_COMMITTER_NAME: 'Ada Example',
    GIT_COMMITTER_EMAIL: 'ada@example.com',
    LC_ALL: 'C',
  };
}

/**
 * Runs git in a folder, in `testGitEnvironment`, and returns what it printed.
 *
 * @throws Error with git's words when it fails.
 */
export async function testGit(path: string, args: readonly string[], input?: Readable): Promise<string> {
  const child = spawn('git', ['-C', path, ...args], { env: testGitEnvironment() });
  const [stdout, stderr] = [collect(child.stdout), collect(child.stderr)];
  const closed = once(child, 'close');
  // When git stops reading, its own message says why; the broken pipe does not.
  const fed = pipeline(input ?? Readable.from([]), child.stdin).catch((error: unknown) => error);
  const [code] = (await closed) as [number | null];
  if (code !== 0) {
    throw new Error(`git ${args.join(' ')} ended with ${String(code)}: ${(await stderr).trim()}`, {
      cause: await fed,
    });
  }
  return stdout;
}

async function collect(stream: Readable): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8');
}
