import { randomBytes } from 'node:crypto';
import { cp, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { migrationsDirectory } from '@agent-agency/migrations';
import { startPostgres, withSession } from '@agent-agency/testing';
import { testDatabase } from '@agent-agency/testing/vitest';
import { describe, expect, it, onTestFinished } from 'vitest';
import { documentOf, run, type Outcome } from '../support/command-line.ts';
import { keyboard } from '../support/interruption.ts';
import { migrationFiles } from '../support/migration-files.ts';
import { CommandProcess } from '../support/process.ts';

const database = testDatabase();

/** An empty database on the same server, until the test ends. */
async function emptyDatabase(): Promise<string> {
  const name = `cli_migrate_${randomBytes(4).toString('hex')}`;
  await withSession(database.url, (session) => session.query(`create database ${name}`));
  onTestFinished(() =>
    withSession(database.url, async (session) => {
      await session.query(`drop database ${name} with (force)`);
    }),
  );
  const url = new URL(database.url);
  url.pathname = name;
  return url.href;
}

/** Runs `agency-db migrate …` on a database, with the files of a folder. */
function migrateWith(url: string, directory: string): (...argv: string[]) => Promise<Outcome> {
  return (...argv) => run({ DATABASE_URL: url }, ['migrate', ...argv, '--directory', directory]);
}

const scratchDatabases = (): Promise<unknown[]> =>
  withSession(database.url, async (session) => {
    const { rows } = await session.query(
      `select datname from pg_database where datname ~ '^agent_agency_verify_'`,
    );
    return rows;
  });

describe.skipIf(database.kind === 'pglite')('migrate up and down', () => {
  it('undo the last one, then down to a version, and say before what will go', async () => {
    const migrate = migrateWith(
      await emptyDatabase(),
      await migrationFiles(['001_one', '002_two', '003_three']),
    );
    expect(await migrate('up')).toMatchObject({ exitCode: 0, stdout: 'applied 3\n' });
    const last = await migrate('down');
    expect(last).toMatchObject({ exitCode: 0, stdout: 'undid 1\n' });
    expect(last.stderr).toMatch(/^undoing 003_three\nundid 003_three \(\d+ ms\)\n$/);
    const rest = await migrate('down', '--to', '0');
    expect(rest).toMatchObject({ exitCode: 0, stdout: 'undid 2\n' });
    expect(rest.stderr).toMatch(/^undoing 002_two, 001_one\nundid 002_two \(\d+ ms\)\nundid 001_one/);
    expect(await migrate('down')).toEqual({ exitCode: 0, stdout: 'nothing to undo\n', stderr: '' });
    expect(documentOf(await migrate('down', '--json'))).toEqual({ undone: [] });
  });

  it('apply everything once when twenty commands meet in an empty database, and make one key', async () => {
    const url = await emptyDatabase();
    const runs = Array.from({ length: 20 }, () => run({ DATABASE_URL: url }, ['migrate', 'up', '--json']));
    const outcomes = await Promise.all(runs);
    expect(outcomes.map(({ exitCode }) => exitCode)).toEqual(Array.from({ length: 20 }, () => 0));
    const documents = outcomes.map(documentOf) as { applied: string[]; madeContextKey: boolean }[];
    expect(documents.filter(({ applied }) => applied.length > 0)).toHaveLength(1);
    const keys = await withSession(url, async (session) => {
      const { rows } = await session.query('select count(*)::int as keys from app.context_keys');
      return rows;
    });
    expect(documents.filter(({ madeContextKey }) => madeContextKey)).toHaveLength(Number(keys[0]?.['keys']));
  });
});

describe.skipIf(database.kind === 'pglite')('migrate, with files that are not as they were', () => {
  const names = ['001_one', '002_two', '003_three'];
  const pair = { '003_other.sql': 'select 1;', '003_other.down.sql': 'select 1;' };

  it.each([
    [
      'edited',
      { names, others: { '002_two.sql': 'create table two (id bigint);' } },
      3,
      'CHECKSUM_DRIFT',
      '002_two was edited after it was applied: restore the file and put the change into a new migration',
    ],
    [
      'missing',
      { names: ['001_one', '002_two'], others: {} },
      3,
      'MISSING_FILE',
      '003_three was applied, but there is no such file: deploy the release that has it, or restore the file',
    ],
    [
      'with a gap',
      { names: ['001_one', '003_three'], others: {} },
      2,
      'BAD_FILE',
      '003_three follows 001_one, but there is no 002: restore that file, or renumber this one to 002',
    ],
    [
      'with a number twice',
      { names, others: pair },
      2,
      'BAD_FILE',
      '003_other and 003_three share a number: renumber one',
    ],
    [
      'without their undoing',
      { names, others: { '004_four.sql': 'select 1;' } },
      2,
      'BAD_FILE',
      '004_four.sql cannot be undone: write 004_four.down.sql',
    ],
  ])(
    '%s, refuses everything in one line that says what to do',
    async (_, changed, exitCode, code, message) => {
      const url = await emptyDatabase();
      await migrateWith(url, await migrationFiles(names))('up');
      const migrate = migrateWith(url, await migrationFiles(changed.names, changed.others));
      const commands = [['up'], ['down'], ['down', '--to', '0'], ['status'], ['plan']];
      if (code === 'BAD_FILE') commands.push(['create', 'new'], ['verify']);
      for (const argv of commands) {
        expect(await migrate(...argv), argv.join(' ')).toEqual({
          exitCode,
          stdout: '',
          stderr: `error: ${message}\n`,
        });
        const json = await migrate(...argv, '--json');
        expect(json.exitCode).toBe(exitCode);
        expect(documentOf(json)).toEqual({ error: { code, message } });
      }
      expect(await scratchDatabases()).toEqual([]);
    },
  );

  it('says which folder is not there', async () => {
    const outcome = await migrateWith(await emptyDatabase(), '/nowhere/at/all')('up');
    expect(outcome).toMatchObject({ exitCode: 2, stdout: '' });
    expect(outcome.stderr).toMatch(/^error: the system refuses \/nowhere\/at\/all\/?: ENOENT[^\n]*\n$/);
  });
});

describe.skipIf(database.kind === 'pglite')('migrate plan', () => {
  const index = {
    '002_index.sql': '-- transaction: no\ncreate index concurrently one_id\n  on one (id);',
    '002_index.down.sql': 'drop index concurrently one_id;',
  };

  it('shows what up and down would do, and does nothing', async () => {
    const migrate = migrateWith(await emptyDatabase(), await migrationFiles(['001_one', '003_three'], index));
    const all = await migrate('plan');
    expect(all).toEqual({
      exitCode: 0,
      stdout:
        'would apply 3 migrations\n' +
        '  001_one    1 statement in a transaction\n' +
        '  002_index  1 statement without a transaction\n' +
        '  003_three  1 statement in a transaction\n',
      stderr: '',
    });
    await migrate('up', '--to', '2');
    expect((await migrate('plan', '--statements')).stdout).toBe(
      'would apply 1 migration\n  003_three  1 statement in a transaction\n\n003_three\n  create table three (id integer)\n',
    );
    expect((await migrate('plan', '--down')).stdout).toMatch(/^would undo 1 migration\n {2}002_index /);
    expect((await migrate('plan', '--down', '--to', '0')).stdout).toMatch(/^would undo 2 migrations\n/);
    expect(documentOf(await migrate('plan', '--down', '--json'))).toEqual({
      direction: 'down',
      migrations: [
        {
          version: 2,
          name: '002_index',
          direction: 'down',
          inTransaction: false,
          statements: ['drop index concurrently one_id'],
        },
      ],
    });
    const { migrations } = documentOf(await migrate('status', '--json')) as { migrations: object[] };
    expect(migrations.filter((migration) => 'applied' in migration)).toHaveLength(2);
  });

  it('answers CI by its exit code', async () => {
    const migrate = migrateWith(await emptyDatabase(), await migrationFiles(['001_one', '002_two']));
    expect(await migrate('plan', '--check')).toMatchObject({ exitCode: 1 });
    await migrate('up', '--to', '1');
    expect(await migrate('plan', '--check', '--json')).toMatchObject({ exitCode: 1 });
    expect(await migrate('plan', '--check', '--to', '1')).toMatchObject({ exitCode: 0 });
    await migrate('up');
    expect(await migrate('plan', '--check')).toMatchObject({ exitCode: 0, stdout: 'nothing to do\n' });
    expect(await migrate('plan', '--down', '--check')).toMatchObject({ exitCode: 1 });
    await migrate('down', '--to', '0');
    expect(await migrate('plan', '--down')).toMatchObject({ exitCode: 0, stdout: 'nothing to undo\n' });
  });
});

describe('migrate create', () => {
  it('needs no database, and says what to do next', async () => {
    const folder = await migrationFiles(['001_one']);
    const outcome = await run({}, ['migrate', 'create', 'Add things', '--directory', folder]);
    expect(outcome).toEqual({
      exitCode: 0,
      stdout: `created ${join(folder, '002_add_things.sql')}\ncreated ${join(folder, '002_add_things.down.sql')}\n`,
      stderr: `next: write your own into both, and agency-db migrate verify --directory ${folder}\n`,
    });
    const next = await run({}, ['migrate', 'create', 'more', '--directory', folder, '--json']);
    expect(documentOf(next)).toEqual({
      version: 3,
      name: '003_more',
      up: join(folder, '003_more.sql'),
      down: join(folder, '003_more.down.sql'),
    });
    expect(await readdir(folder)).toHaveLength(6);
  });

  it('writes what `migrate lint` has nothing to say of', async () => {
    const folder = await migrationFiles([]);
    for (const file of await readdir(migrationsDirectory)) {
      if (/^\d.*\.sql$/.test(file)) await cp(new URL(file, migrationsDirectory), join(folder, file));
    }
    const created = await run({}, ['migrate', 'create', 'invoices', '--directory', folder, '--json']);
    const { up, down } = documentOf(created) as { up: string; down: string };
    expect(await run({}, ['migrate', 'lint', up, down])).toMatchObject({ exitCode: 0 });
  });

  it('refuses a name in one line', async () => {
    const folder = await migrationFiles([]);
    expect(await run({}, ['migrate', 'create', '../x', '--directory', folder])).toEqual({
      exitCode: 2,
      stdout: '',
      stderr:
        'error: a migration cannot have this name: write words of a-z and 0-9, 40 letters at most, as in add_invoices\n',
    });
    expect(await readdir(folder)).toEqual([]);
  });
});

describe('migrate verify', () => {
  it('works on PGlite when no database is named', async () => {
    const folder = await migrationFiles(['001_one', '002_two']);
    const outcome = await run({}, ['migrate', 'verify', '--directory', folder]);
    expect(outcome).toMatchObject({ exitCode: 0 });
    expect(outcome.stdout).toMatch(
      /^2 migrations up, down and up again: no difference in 4 comparisons of the catalogue \(\d+ lines at the end\)\n$/,
    );
    expect(outcome.stderr).toMatch(/6 of 6 files\non PostgreSQL [\d.]+ \(PGlite, in this process\)\n$/);
  });
});

describe.skipIf(database.kind === 'pglite')('migrate verify on a server', () => {
  const verify = (directory: string, ...argv: string[]): Promise<Outcome> =>
    migrateWith(database.url, directory)('verify', ...argv);

  it('finds the migrations of the data layer sound, on a database that is gone afterwards', async () => {
    const outcome = await run({ DATABASE_URL: database.url }, ['migrate', 'verify', '--json']);
    expect(outcome.exitCode).toBe(0);
    expect(documentOf(outcome)).toMatchObject({
      verified: true,
      differences: [],
      database: expect.stringContaining('dropped at the end') as string,
    });
    expect(await scratchDatabases()).toEqual([]);
  });

  it('shows as a diff what a file does not restore, with exit code 1', async () => {
    const folder = await migrationFiles(['001_one', '002_two'], {
      '002_two.sql': `create table two (id integer); comment on table one is 'One';`,
      '002_two.down.sql': 'drop table two; comment on table one is null; alter table one add label text;',
      '001_one.sql': `create table one (id integer); comment on table one is 'Table';`,
    });
    const outcome = await verify(folder);
    expect(outcome.exitCode).toBe(1);
    expect(outcome.stdout).toMatch(
      new RegExp(
        [
          '^002_two.down.sql does not restore what was there before 002_two.sql:',
          '  \\+ column public.one.label \\(2\\) text',
          '  - comment on table public.one: Table',
          '2 migrations up, down and up again: 1 difference in 4 comparisons of the catalogue \\(\\d+ lines at the end\\)',
          '$',
        ].join('\n'),
      ),
    );
    const json = await verify(folder, '--json');
    expect(json.exitCode).toBe(1);
    expect(documentOf(json)).toMatchObject({
      verified: false,
      differences: [{ name: '002_two', direction: 'down', lines: [expect.any(String), expect.any(String)] }],
    });
    expect(await scratchDatabases()).toEqual([]);
  });

  it('names a file that cannot run, with exit code 1', async () => {
    const folder = await migrationFiles(['001_one'], { '001_one.down.sql': 'drop table none;' });
    const outcome = await verify(folder);
    expect(outcome.exitCode).toBe(1);
    expect(outcome.stdout).toMatch(
      /^001_one \(down\) failed: table "none" does not exist; nothing after it was tried\n$/,
    );
    expect(await scratchDatabases()).toEqual([]);
  });

  it('leaves nothing when it is interrupted', async () => {
    const { press, interruption } = keyboard();
    press();
    const outcome = await run({ DATABASE_URL: database.url }, ['migrate', 'verify'], interruption);
    expect(outcome).toMatchObject({ exitCode: 130, stdout: '' });
    expect(outcome.stderr).toContain('error: stopped by SIGINT: nothing of the verification is left');
    expect(await scratchDatabases()).toEqual([]);
  });

  it('leaves nothing when Ctrl-C comes in the middle', async () => {
    const folder = await migrationFiles(
      Array.from({ length: 200 }, (_, n) => `${String(n + 1).padStart(3, '0')}_t${String(n)}`),
    );
    const command = new CommandProcess(['migrate', 'verify', '--directory', folder], {
      DATABASE_URL: database.url,
    });
    await command.says(/\d+ of 600 files/);
    command.press('SIGINT');
    expect(await command.ended).toEqual({ exitCode: 130, signal: null });
    expect(command.stdout).toBe('');
    expect(command.stderr).toMatch(/\nerror: stopped by SIGINT: nothing of the verification is left\n$/);
    expect(await scratchDatabases()).toEqual([]);
  });

  it('tells a login that may not prepare databases what it can do', async () => {
    const server = await startPostgres({ env: { ...process.env, DATABASE_URL: '', CI: 'true' } });
    onTestFinished(() => server.stop());
    await withSession(server.url, (session) => session.query('create role maker login createdb'));
    const url = new URL(server.url);
    url.username = 'maker';
    const outcome = await run({ DATABASE_URL: url.href }, ['migrate', 'verify']);
    expect(outcome).toMatchObject({ exitCode: 3, stdout: '' });
    expect(outcome.stderr).toBe(
      "error: this login may not prepare a new database (roles, the vector extension): use an administrator's, " +
        'or unset DATABASE_URL to verify on PGlite\n',
    );
  });
});
