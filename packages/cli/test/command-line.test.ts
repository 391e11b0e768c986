import type { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import { createProgram } from '../src/program.ts';
import { documentOf, run } from './support/command-line.ts';

const NOWHERE = { DATABASE_URL: 'postgres://postgres@127.0.0.1:1/none' };

describe('help', () => {
  it('shows commands, examples and exit codes', async () => {
    const { exitCode, stdout, stderr } = await run({}, ['--help']);
    expect(exitCode).toBe(0);
    expect(stdout).toContain('$ agency-db ingest git . --tenant acme');
    expect(stdout).toContain('Exit codes: 0 done');
    expect(stderr).toBe('');
  });

  it('says its version', async () => {
    const { exitCode, stdout } = await run({}, ['--version']);
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
  });

  it('is one JSON document with --json', async () => {
    const outcome = await run({}, ['search', '--help', '--json']);
    expect(outcome.exitCode).toBe(0);
    expect(documentOf(outcome)['help']).toContain('Usage: agency-db search');
  });

  const program = createProgram({
    run: () => Promise.resolve(),
    writeOut: () => undefined,
    writeErr: () => undefined,
  });
  const leavesOf = (command: Command): string[][] =>
    command.commands.length === 0
      ? [[command.name()]]
      : command.commands.flatMap(leavesOf).map((path) => [command.name(), ...path]);
  const commands = program.commands.flatMap(leavesOf);

  it.each(commands.map((path) => [path.join(' '), path] as const))(
    'of %s has an example',
    async (name, path) => {
      const { exitCode, stdout } = await run({}, [...path, '--help']);
      expect(exitCode).toBe(0);
      expect(stdout).toMatch(
        new RegExp(`Usage: agency-db ${name}[\\s\\S]*Examples?:\\n {2}\\$ agency-db ${name}`),
      );
    },
  );
});

describe('a wrong command line', () => {
  it.each([
    [[], 'Usage: agency-db'],
    [['tenant'], 'Usage: agency-db tenant'],
    [['serch', 'x'], 'Did you mean search?'],
    [['search', 'x', '--tenant', 'a', '--limits', '3'], 'Did you mean --limit?'],
    [['search', 'x'], "required option '--tenant <id>' not specified"],
    [['search', 'x', '--tenant'], "option '--tenant <id>' argument missing"],
    [['search', 'x', 'y', '--tenant', 'a'], 'too many arguments'],
    [['search', '--tenant', 'a'], "missing required argument 'text'"],
    [['search', '--text', '--tenant', 'a'], "unknown option '--text'"],
    [['search', 'x', '--tenant', 'a', '--limit', '0'], 'whole number from 1 to 1000'],
    [['search', 'x', '--tenant', 'a', '--limit', '-1'], 'whole number from 1 to 1000'],
    [['search', 'x', '--tenant', 'a', '--limit', '1e2'], 'whole number from 1 to 1000'],
    [['search', 'x', '--tenant', 'a', '--limit', '9'.repeat(40)], 'whole number from 1 to 1000'],
    [['search', 'x', '--tenant', 'a', '--hops', '6'], 'whole number from 0 to 5'],
    [['graph', 'neighbors', 'x', '--tenant', 'a', '--hops', '0'], 'whole number from 1 to 10'],
    [['graph', 'path', 'x', 'y', '--tenant', 'a', '--max-hops', '11'], 'whole number from 0 to 10'],
    [['ingest', 'git', '.', '--tenant', 'a', '--window-days', '0'], 'whole number from 1 to 36500'],
    [['migrate', 'down', '--to', '1000'], 'whole number from 0 to 999'],
    [['migrate', 'create'], "missing required argument 'name'"],
    [['migrate', 'verfy'], 'Did you mean verify?'],
    [['up', '--port', '99999'], 'whole number from 0 to 65535'],
    [['up', '--port', ''], 'whole number from 0 to 65535'],
    [['up', '--engine', 'mysql'], 'Allowed choices are embedded, server'],
    [['up', '--engine', 'server', '--data', 'x'], '--port and --data are for the embedded engine'],
    [['up', '--engine', 'server', '--port', '0'], '--port and --data are for the embedded engine'],
    [['provenance', 'key', 'revoke', 'k', '--tenant', 'a'], "required option '--reason <text>'"],
    [
      ['provenance', 'key', 'admit', '--new-key', 'k', '--tenant', 'a', '--purpose', 'all'],
      'checkpoints, keys',
    ],
    [
      ['provenance', 'key', 'admit', '--new-key', 'k', '--tenant', 'a', '--valid-from', 'now'],
      'a date or a time',
    ],
    [['provenance', 'verify-bundle', 'x'], "required option '--key <key...>'"],
    [['provenance', 'verify', '--tenant', 'a', '--origin', 'x'], 'name it with --checkpoint'],
    [
      ['provenance', 'checkpoint', '--tenant', 'a', '--deployment', 'x', '--if-older-than', '1w'],
      'with its unit',
    ],
    [['provenance', 'export-bundle', 'VERDICT-001', '--tenant', 'a'], 'a UUID in lower case'],
    [['tenant', 'create', 'a', '--isolation', 'loose'], 'Allowed choices are strict, shared, federated'],
  ])('%j is refused with exit code 2', async (argv, problem) => {
    const plain = await run(NOWHERE, argv);
    expect(plain).toMatchObject({ exitCode: 2, stdout: '' });
    expect(plain.stderr).toContain(problem);

    const json = await run(NOWHERE, [...argv, '--json']);
    expect(json.exitCode).toBe(2);
    expect(documentOf(json)).toEqual({
      error: { code: 'USAGE', message: expect.stringMatching(/^[^\n]+$/) as string },
    });
  });

  it('takes what follows -- for text, also --json', async () => {
    const { exitCode, stdout, stderr } = await run(NOWHERE, ['search', '--tenant', 'a', '--', '--json']);
    expect({ exitCode, stdout }).toEqual({ exitCode: 3, stdout: '' });
    expect(stderr).toMatch(/^error: no PostgreSQL answers there/);
  });

  it.each([[['--json', 'tenant', 'list']], [['tenant', '--json', 'list']], [['tenant', 'list', '--json']]])(
    '%j answers in JSON',
    async (argv) => {
      expect(documentOf(await run({}, argv))).toMatchObject({ error: { code: 'USAGE' } });
    },
  );
});

describe('a database that cannot be used', () => {
  it.each([
    [{}, 2, 'USAGE', /set DATABASE_URL, or start one with `agency-db up`/],
    [{ DATABASE_URL: '', DB_HOST: '' }, 2, 'USAGE', /set DATABASE_URL/],
    [{ DATABASE_URL: 'nonsense' }, 2, 'INVALID_CONFIG', /DATABASE_URL is not a URL: write postgres:/],
    [{ DATABASE_URL: 'mysql://u:secret@h/d' }, 2, 'INVALID_CONFIG', /has to begin with postgres:/],
    [NOWHERE, 3, 'UNREACHABLE', /no PostgreSQL answers there: check DATABASE_URL/],
    [{ DATABASE_URL: '', DB_HOST: '127.0.0.1', DB_PORT: '1' }, 3, 'UNREACHABLE', /no PostgreSQL answers/],
  ])('%o is one sentence', async (env, exitCode, code, message) => {
    for (const argv of [['tenant', 'list'], ['migrate', 'status'], ['demo']]) {
      // Without a database the demonstration makes its own.
      if (argv[0] === 'demo' && code === 'USAGE') continue;
      const outcome = await run(env, [...argv, '--json']);
      expect(outcome.exitCode).toBe(exitCode);
      expect(documentOf(outcome)).toEqual({
        error: { code, message: expect.stringMatching(message) as string },
      });
      expect(outcome.stdout + outcome.stderr).not.toContain('secret');
      expect(outcome.stderr).not.toMatch(/\n +at /);
    }
  });
});
