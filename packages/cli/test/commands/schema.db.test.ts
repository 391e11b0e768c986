import { randomBytes } from 'node:crypto';
import { withSession } from '@agent-agency/testing';
import { testDatabase } from '@agent-agency/testing/vitest';
import { describe, expect, it } from 'vitest';
import { documentOf, run, type Outcome } from '../support/command-line.ts';

const database = testDatabase();

const agency = (...argv: string[]): Promise<Outcome> => run({ DATABASE_URL: database.url }, argv);

interface Status {
  readonly name: string;
  readonly version: number;
  readonly applied?: unknown;
}

/** Lends an empty database on the same server. */
async function withEmptyDatabase(work: (url: string) => Promise<void>): Promise<void> {
  const name = `cli_empty_${randomBytes(4).toString('hex')}`;
  await withSession(database.url, (session) => session.query(`create database ${name}`));
  try {
    const url = new URL(database.url);
    url.pathname = name;
    await work(url.href);
  } finally {
    await withSession(database.url, (session) => session.query(`drop database ${name} with (force)`));
  }
}

describe('migrate', () => {
  it('has nothing to do on a migrated database', async () => {
    expect(await agency('migrate', 'up')).toMatchObject({
      exitCode: 0,
      stdout: 'nothing to do: every migration is applied\n',
    });
    expect(documentOf(await agency('migrate', 'up', '--json'))).toEqual({
      applied: [],
      madeContextKey: false,
    });
  });

  it('refuses a number that no migration has', async () => {
    const outcome = await agency('migrate', 'down', '--to', '999', '--json');
    expect(outcome.exitCode).toBe(2);
    expect(documentOf(outcome)).toMatchObject({ error: { code: 'UNKNOWN_VERSION' } });
  });

  // PGlite has one database.
  it.runIf(database.kind !== 'pglite')('leads a database up, half-way, down and up again', async () => {
    await withEmptyDatabase(async (url) => {
      const there = (...argv: string[]): Promise<Outcome> => run({ DATABASE_URL: url }, [...argv, '--json']);
      const applied = async (): Promise<number[]> => {
        const { migrations } = documentOf(await there('migrate', 'status')) as { migrations: Status[] };
        return migrations
          .filter((migration) => migration.applied !== undefined)
          .map(({ version }) => version);
      };
      expect(await applied()).toEqual([]);
      const early = await there('search', 'x', '--tenant', 'acme');
      expect(early.exitCode).toBe(3);
      expect(documentOf(early)).toEqual({
        error: {
          code: 'SCHEMA_MISSING',
          message: 'the database is not migrated: run `agency-db migrate up`',
        },
      });

      const halfWay = documentOf(await there('migrate', 'up', '--to', '1')) as {
        applied: string[];
        madeContextKey: boolean;
      };
      expect(halfWay).toMatchObject({ madeContextKey: false });
      expect(await applied()).toEqual([1]);

      const whole = documentOf(await there('migrate', 'up')) as {
        applied: string[];
        madeContextKey: boolean;
      };
      expect(whole.madeContextKey).toBe(true);
      expect(await applied()).toHaveLength(1 + whole.applied.length);
      expect(await there('search', 'x', '--tenant', 'default-tenant')).toMatchObject({ exitCode: 0 });

      const down = await run({ DATABASE_URL: url }, ['migrate', 'down', '--to', '0']);
      expect(down).toMatchObject({ exitCode: 0, stdout: `undid ${String(1 + whole.applied.length)}\n` });
      expect(down.stderr).toMatch(/^undoing \d{3}_[^\n]+\nundid \d{3}_\w+ \(\d+ ms\)\n/);
      expect(await applied()).toEqual([]);

      await there('migrate', 'up');
      await there('tenant', 'create', 'acme');
      const refused = await there('migrate', 'down', '--to', '1');
      expect(refused.exitCode).toBe(3);
      expect(documentOf(refused)).toMatchObject({
        error: { code: 'STATEMENT_FAILED', message: expect.stringContaining('several tenants') as string },
      });
    });
  });

  it.runIf(database.kind !== 'pglite')('refuses a file that was edited after it ran', async () => {
    await withEmptyDatabase(async (url) => {
      await run({ DATABASE_URL: url }, ['migrate', 'up', '--to', '1']);
      await withSession(url, (session) =>
        session.query(`update __migrations__ set checksum = repeat('0', 64)`),
      );
      for (const direction of [['up'], ['down', '--to', '0'], ['status']]) {
        const outcome = await run({ DATABASE_URL: url }, ['migrate', ...direction, '--json']);
        expect(outcome.exitCode).toBe(3);
        expect(documentOf(outcome)).toMatchObject({
          error: { code: 'CHECKSUM_DRIFT', message: expect.stringContaining('restore the file') as string },
        });
      }
    });
  });
});

describe('tenant', () => {
  it('creates tenants once, and lists them', async () => {
    expect(await agency('tenant', 'create', 'acme')).toMatchObject({
      exitCode: 0,
      stdout: 'created tenant acme (strict) in project default\n',
    });
    const wide = [
      'tenant',
      'create',
      'wide',
      '--project',
      'p',
      '--name',
      'Wide – 漢',
      '--isolation',
      'shared',
      '--json',
    ];
    expect(documentOf(await agency(...wide))).toMatchObject({
      id: 'wide',
      projectId: 'p',
      name: 'Wide – 漢',
      isolationLevel: 'shared',
    });

    const twice = await agency('tenant', 'create', 'acme', '--json');
    expect(twice.exitCode).toBe(2);
    expect(documentOf(twice)).toMatchObject({ error: { code: 'TENANT_EXISTS' } });

    expect((await agency('tenant', 'list')).stdout).toMatch(
      /^acme +strict +default\ndefault-tenant +strict +default\nwide +shared +p\n$/,
    );
    const { tenants } = documentOf(await agency('tenant', 'list', '--json')) as { tenants: { id: string }[] };
    expect(tenants.map(({ id }) => id)).toEqual(['acme', 'default-tenant', 'wide']);
  });

  it.each(['', 'a b', 'ä', '../x', "x'; drop table tenants; --", 'x'.repeat(256)])(
    'refuses the id %j',
    async (id) => {
      const outcome = await agency('tenant', 'create', '--json', '--', id);
      expect(outcome.exitCode).toBe(2);
      expect(documentOf(outcome)).toMatchObject({ error: { code: 'INVALID_INPUT' } });
    },
  );
});

describe('context-key create', () => {
  it('prints the key, and on standard error what to do with it', async () => {
    const { exitCode, stdout, stderr } = await agency('context-key', 'create');
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/^DB_CONTEXT_KEY=[0-9a-f]{12}:[\w-]{43}\n$/);
    expect(stderr).toContain('keep it secret');
  });
});
