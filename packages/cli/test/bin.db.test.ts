import { buildRepository } from '@agent-agency/git-ingest/testing';
import { testDatabase } from '@agent-agency/testing/vitest';
import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { run } from './support/command-line.ts';
import { CommandProcess } from './support/process.ts';
import { TEAM } from './support/team.ts';
import { temporaryFolder } from './support/temporary-folder.ts';

const database = testDatabase();
const folder = temporaryFolder();
const scratch = () => join(folder.path, 'tmp');

beforeAll(async () => {
  await mkdir(scratch());
});

/** Starts a command line whose temporary files lie in a folder of their own. */
function start(argv: readonly string[], env: NodeJS.ProcessEnv = {}): CommandProcess {
  return new CommandProcess(argv, { TMPDIR: scratch(), XDG_CONFIG_HOME: folder.path, ...env });
}

describe('the program', () => {
  it('ends with the exit code of its command', async () => {
    const command = start(['tenant', 'list', '--json']);
    expect(await command.ended).toEqual({ exitCode: 2, signal: null });
    expect(JSON.parse(command.stdout)).toMatchObject({ error: { code: 'USAGE' } });
    expect(command.stderr).toMatch(/^error: [^\n]+\n$/);
  });

  it('does not mind when nobody reads its output to the end', async () => {
    const command = start(['tenant', 'list'], { DATABASE_URL: database.url });
    command.stopReading();
    expect(await command.ended).toEqual({ exitCode: 0, signal: null });
    expect(command.stderr).toBe('');
  });
});

describe('Ctrl-C', () => {
  it('ends an ingestion after a batch, with git, and the next one goes on', async () => {
    const commits = Array.from({ length: 3000 }, (_, n) => ({ message: `feat: step ${String(n)}` }));
    const { path } = await buildRepository(join(folder.path, 'long'), commits);
    const env = { DATABASE_URL: database.url, XDG_CONFIG_HOME: folder.path };
    await run(env, ['tenant', 'create', 'pressed']);
    const command = start(['ingest', 'git', path, '--tenant', 'pressed'], env);
    await command.says(/500 of 3000 commits/);
    command.press('SIGINT');
    expect(await command.ended).toEqual({ exitCode: 130, signal: null });
    expect(command.isRunning()).toBe(false);
    expect(command.stdout).toBe('');
    expect(command.stderr).toMatch(
      /\nerror: stopped by SIGINT: what is stored stays, and the same command goes on/,
    );

    const { exitCode, stdout } = await run(env, ['provenance', 'verify', '--tenant', 'pressed', '--json']);
    const { checked } = JSON.parse(stdout) as { checked: number };
    expect({ exitCode, rest: checked % 500 }).toEqual({ exitCode: 0, rest: 0 });
    expect(checked).toBeGreaterThanOrEqual(500);
    expect(checked).toBeLessThan(3000);
  });

  it('ends a demonstration on PGlite, and leaves nothing', async () => {
    const { path } = await buildRepository(join(folder.path, 'pressed-demo'), TEAM);
    const command = start(['demo', '--repo', path]);
    await command.says(/✓ tenant A: /);
    command.press('SIGINT');
    expect(await command.ended).toEqual({ exitCode: 130, signal: null });
    expect(command.stderr).toMatch(/error: stopped by SIGINT: nothing of the demonstration is left\n$/);
    expect(await readdir(scratch())).toEqual([]);
  });
});

describe('demo without DATABASE_URL', () => {
  it('holds on PGlite, and leaves nothing', async () => {
    const { path } = await buildRepository(join(folder.path, 'demo'), TEAM);
    const command = start(['demo', '--repo', path, '--json']);
    expect(await command.ended).toEqual({ exitCode: 0, signal: null });
    expect(JSON.parse(command.stdout)).toMatchObject({
      held: true,
      database: expect.stringContaining('PGlite') as string,
    });
    expect(await readdir(scratch())).toEqual([]);
  });
});

describe('up', () => {
  it('runs several databases at once, each until it is interrupted, and ends with exit code 0', async () => {
    const [first, second] = [start(['up', '--json']), start(['up'])];
    await Promise.all([first.says(/"DATABASE_URL"/), second.says(/export DATABASE_URL=/)]);
    const urls = [
      (JSON.parse(first.stdout) as { DATABASE_URL: string }).DATABASE_URL,
      /^export DATABASE_URL=(.+)$/m.exec(second.stdout)?.[1] ?? '',
    ];
    expect(new Set(urls).size).toBe(2);
    for (const url of urls) {
      expect(await run({ DATABASE_URL: url }, ['tenant', 'create', 'acme'])).toMatchObject({ exitCode: 0 });
    }
    first.press('SIGTERM');
    second.press('SIGINT');
    expect(await Promise.all([first.ended, second.ended])).toEqual([
      { exitCode: 0, signal: null },
      { exitCode: 0, signal: null },
    ]);
    expect([first.isRunning(), second.isRunning()]).toEqual([false, false]);
    expect(await readdir(scratch())).toEqual([]);
    expect(await run({ DATABASE_URL: urls[0] }, ['tenant', 'list'])).toMatchObject({ exitCode: 3 });
  });

  // Where the tests have a server of their own, `up` can have one as well.
  it.runIf(['docker', 'installed', 'provisioned'].includes(database.kind))(
    'runs a real server, and stops it',
    async () => {
      // Its account may not be allowed into the folder of the tests.
      const { HOME, XDG_CACHE_HOME, DEBIAN_MIRROR, TMPDIR } = process.env;
      const env = { HOME, XDG_CACHE_HOME, DEBIAN_MIRROR, TMPDIR };
      const command = start(['up', '--engine', 'server', '--json'], env);
      await command.says(/Ctrl-C stops it/);
      const { DATABASE_URL, kind } = JSON.parse(command.stdout) as Record<string, string>;
      expect(kind).not.toBe('pglite');
      // Long enough for a process that nothing keeps alive to be gone.
      for (let n = 0; n < 3; n += 1) {
        expect(await run({ DATABASE_URL }, ['tenant', 'list'])).toMatchObject({ exitCode: 0 });
      }
      command.press('SIGTERM');
      expect(await command.ended).toEqual({ exitCode: 0, signal: null });
      expect(await run({ DATABASE_URL }, ['tenant', 'list'])).toMatchObject({ exitCode: 3 });
    },
  );
});
