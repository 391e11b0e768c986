import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { devNull, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import type { ObjectFormat } from '../../../src/git/object-id.ts';
import type { ObjectHash } from '../../../src/git/commit-id.ts';

/** A real repository in a folder of its own; git sees neither the machine's configuration nor another repository. */
export interface Repository {
  readonly folder: string;
  readonly hash: ObjectHash;
  /** Runs git with some input, and answers what it printed, as bytes. */
  readonly run: (args: readonly string[], input?: string | Uint8Array) => Uint8Array;
  /** As `run`, as text without the last line feed. */
  readonly git: (args: readonly string[], input?: string | Uint8Array) => string;
  /** The commit object that a name leads to. */
  readonly commit: (name?: string) => Uint8Array;
  /** Puts an object there, however broken, and answers its id. */
  readonly put: (commit: string | Uint8Array) => string;
}

/** Makes a repository, and removes it after the test file. */
export function makeRepository(format: ObjectFormat = 'sha1'): Repository {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'provenance-git-')));
  afterAll(() => {
    rmSync(folder, { recursive: true, force: true });
  });
  const run = (args: readonly string[], input: string | Uint8Array = ''): Uint8Array =>
    execFileSync('git', args, { cwd: folder, env: environmentIn(folder), input, stdio: 'pipe' });
  const git: Repository['git'] = (args, input) => Buffer.from(run(args, input)).toString().replace(/\n$/, '');
  git(['init', '--quiet', '--initial-branch=main', `--object-format=${format}`]);
  return {
    folder,
    hash: (...parts) => new Uint8Array(createHash(format).update(Buffer.concat(parts)).digest()),
    run,
    git,
    commit: (name = 'HEAD') => run(['cat-file', 'commit', name]),
    put: (commit) => git(['hash-object', '--literally', '-t', 'commit', '-w', '--stdin'], commit),
  };
}

/** Folders with programs of a test go in front of PATH as `<repository>/bin`. */
function environmentIn(folder: string): NodeJS.ProcessEnv {
  const inherited = Object.entries(process.env).filter(([name]) => !name.startsWith('GIT_'));
  return {
    ...Object.fromEntries(inherited),
    PATH: `${join(folder, 'bin')}:${process.env['PATH'] ?? ''}`,
    HOME: folder,
    LC_ALL: 'C',
    GIT_CONFIG_GLOBAL: devNull,
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_CEILING_DIRECTORIES: folder,
    GIT_AUTHOR_NAME: 'Ada Example',
    GIT_AUTHOR_EMAIL: 'ada@example.com',
    GIT_AUTHOR_DATE: '1704067200 +0530',
    GIT_COMMITTER_NAME: 'Bo Example',
    GIT_COMMITTER_EMAIL: 'bo@example.com',
    GIT_COMMITTER_DATE: '1704067260 -0100',
    GIT_EDITOR: 'true',
  };
}
