import { mkdir, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { once } from 'node:events';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { main } from '../../src/main.ts';
import { documentOf, run, type Outcome } from '../support/command-line.ts';
import { keyboard } from '../support/interruption.ts';
import { Memory } from '../support/streams.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const folder = temporaryFolder();

/** Runs `up`, does something while the database is there, and presses Ctrl-C. */
async function whileUp(argv: readonly string[], work: (url: string) => Promise<void>): Promise<Outcome> {
  const { press, interruption } = keyboard();
  const [stdout, stderr] = [new Memory(), new Memory()];
  const ready = new Promise<string>((resolve) => {
    stdout.on('written', () => {
      const url = /DATABASE_URL=(.+)\n/.exec(stdout.text)?.[1];
      if (url !== undefined) resolve(url);
    });
  });
  const ended = main({ argv: ['up', ...argv], env: {}, stdout, stderr, interruption });
  const url = await Promise.race([ready, ended.then(() => Promise.reject(new Error(stderr.text)))]);
  await work(url).finally(press);
  return { exitCode: await ended, stdout: stdout.text, stderr: stderr.text };
}

describe('up', () => {
  it('keeps its data in a folder, which one process at a time has open', async () => {
    const data = join(folder.path, 'data');
    const first = await whileUp(['--data', data], async (url) => {
      expect(await run({ DATABASE_URL: url }, ['tenant', 'create', 'lasting'])).toMatchObject({
        exitCode: 0,
      });
      const second = await run({}, ['up', '--data', data, '--json']);
      expect(second.exitCode).toBe(2);
      expect(documentOf(second)).toMatchObject({ error: { code: 'DATA_DIRECTORY_IN_USE' } });
    });
    expect(first.exitCode).toBe(0);
    expect(first.stdout).toMatch(
      /^export DATABASE_URL=postgres:\S+\nexport DB_ALLOW_PRIVILEGED_ROLE=true\n$/,
    );
    expect(first.stderr).toContain('Ctrl-C stops it');

    await whileUp(['--data', data], async (url) => {
      expect((await run({ DATABASE_URL: url }, ['tenant', 'list'])).stdout).toMatch(/^lasting /m);
    });
  });

  it('refuses a port that is taken', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    try {
      const port = String((other.address() as AddressInfo).port);
      const outcome = await run({}, ['up', '--port', port, '--json']);
      expect(outcome.exitCode).toBe(2);
      expect(documentOf(outcome)).toMatchObject({
        error: { message: `port ${port} of 127.0.0.1 is taken: choose another with --port, or leave it out` },
      });
    } finally {
      other.close();
    }
  });

  it('refuses a folder of something else, and a file', async () => {
    const other = join(folder.path, 'other');
    await mkdir(other);
    await writeFile(join(other, 'file'), '');
    const refused = await run({}, ['up', '--data', other, '--json']);
    expect(refused.exitCode).toBe(2);
    expect(documentOf(refused)).toMatchObject({ error: { code: 'DATA_DIRECTORY_INVALID' } });
    const file = await run({}, ['up', '--data', join(other, 'file'), '--json']);
    expect(file.exitCode).toBe(2);
    expect(documentOf(file)).toMatchObject({
      error: {
        code: 'USAGE',
        message: expect.stringMatching(/file cannot be used \(EEXIST\): name an empty/) as string,
      },
    });
  });

  it('does not take PGlite for a real server', async () => {
    // What is looked for by name is not found there; a server in one of the usual folders may be, and is stopped at once.
    const env = { PATH: folder.path, HOME: '/nonexistent', DOCKER_HOST: 'tcp://127.0.0.1:1', CI: 'false' };
    const { press, interruption } = keyboard();
    press();
    const { stderr } = await run(env, ['up', '--engine', 'server'], interruption);
    expect(stderr).toMatch(/stopped by SIGINT|not taken: DATABASE_URL: not set/);
    expect(stderr).not.toMatch(/^PostgreSQL [\d.]+ \(PGlite/m);
  });

  it('stops in order when it is interrupted while it starts', async () => {
    const { press, interruption } = keyboard();
    press();
    expect(await run({}, ['up'], interruption)).toMatchObject({ exitCode: 0, stdout: '' });
  });
});
