import { describe, expect, it, onTestFinished } from 'vitest';
import { createDatabase, createTemplate, withSession } from '../../src/index.ts';
import type { ServerTemplateRef, TestDatabase, TemplateRef } from '../../src/index.ts';
import { startChild } from '../support/child.ts';
import { testCluster } from '../support/cluster.ts';
import { binDir } from '../support/programs.ts';

describe.skipIf(binDir === undefined)('createTemplate on a server', () => {
  const cluster = testCluster();

  const ask = async (sql: string): Promise<Record<string, unknown>[]> =>
    (await withSession(cluster.server.url, (session) => session.query(sql))).rows;

  const create = async (key: string, sql = 'create table note (body text)'): Promise<ServerTemplateRef> => {
    const template = await createTemplate(
      cluster.server,
      async (session) => {
        await session.query(sql);
      },
      key,
    );
    return template as ServerTemplateRef;
  };

  const clone = async (template: TemplateRef): Promise<TestDatabase> => {
    const database = await createDatabase(template);
    onTestFinished(() => database.drop());
    return database;
  };

  it('migrates once for four callers at the same time', async () => {
    let calls = 0;
    const migrate = async (): Promise<void> => {
      calls += 1;
      await new Promise((resolve) => setTimeout(resolve, 100));
    };
    const templates = await Promise.all(
      [1, 2, 3, 4].map(() => createTemplate(cluster.server, migrate, 'four')),
    );
    expect(calls).toBe(1);
    expect(new Set(templates.map((template) => JSON.stringify(template))).size).toBe(1);
  });

  it('migrates once for four processes at the same time', async () => {
    const children = [1, 2, 3, 4].map(() => startChild('clone', [cluster.server.url]));
    const urls = (await Promise.all(children.map((child) => child.firstLine))).map(String);
    expect(new Set(urls).size).toBe(4);
    expect(await ask("select from pg_database where datname like 'agent_agency_test_%'")).toHaveLength(4);
  });

  it('lets nobody connect to a template, and can be handed to another process', async () => {
    const template = await create('closed');
    expect(structuredClone(template)).toEqual(template);
    expect(JSON.parse(JSON.stringify(template))).toEqual(template);
    const inside = cluster.server.url.replace(/postgres$/, template.database);
    await expect(withSession(inside, () => Promise.resolve())).rejects.toThrow(
      'not currently accepting connections',
    );
  });

  it('makes another template for another key', async () => {
    expect((await create('one')).database).not.toBe((await create('two')).database);
  });

  it('leaves no template of a migration that fails, and makes it at the next call', async () => {
    await expect(create('failing', 'create table note (body text); select 1 / 0')).rejects.toMatchObject({
      code: '22012',
    });
    const database = await clone(await create('failing'));
    await expect(withSession(database.url, (session) => session.query('table note'))).resolves.toEqual({
      rows: [],
    });
  });

  it('starts over with what a killed process left unfinished', async () => {
    const { database } = await create('unfinished');
    await ask(`alter database ${database} with is_template false allow_connections true`);
    await create('unfinished', 'create table second_attempt ()');
    const copy = await clone({ kind: 'installed', serverUrl: cluster.server.url, database });
    await expect(
      withSession(copy.url, (session) => session.query('table second_attempt')),
    ).resolves.toBeDefined();
  });

  it('drops the templates that nobody has used for a week', async () => {
    const { database: unused } = await create('unused');
    const { database: fresh } = await create('fresh');
    await ask(`comment on database ${unused} is '2020-01-01T00:00:00Z'`);
    await create('any');
    const left = (await ask('select datname from pg_database where datistemplate')).map(
      ({ datname }) => datname,
    );
    expect(left).toContain(fresh);
    expect(left).not.toContain(unused);
  });
});

describe.skipIf(binDir === undefined)('createDatabase on a server', () => {
  const cluster = testCluster();
  const template = (): Promise<TemplateRef> =>
    createTemplate(
      cluster.server,
      async (session, url) => {
        await session.query(
          'create table note (body text); create role writer login; grant all on note to writer',
        );
        expect(new URL(url).pathname).toMatch(/^\/agent_agency_template_[0-9a-f]{16}$/);
      },
      'notes',
    );

  it('gives every caller a database of its own', async () => {
    const ref = await template();
    const [one, two] = await Promise.all([createDatabase(ref), createDatabase(ref)]);
    await withSession(one.url, (session) => session.query("insert into note values ('mine')"));
    const rowsOf = async (url: string): Promise<unknown> =>
      (await withSession(url, (session) => session.query('table note'))).rows;
    expect(await rowsOf(one.url)).toEqual([{ body: 'mine' }]);
    expect(await rowsOf(two.url)).toEqual([]);
    await one.drop();
    await two.drop();
  });

  it('opens it to another login', async () => {
    const database = await createDatabase(await template());
    const { rows } = await withSession(database.urlFor('writer'), async (session) => {
      await session.query("insert into note values ('x')");
      return session.query('select session_user as login, body from note');
    });
    expect(rows).toEqual([{ login: 'writer', body: 'x' }]);
    await database.drop();
  });

  it('drops it although somebody is connected, and may be asked twice', async () => {
    const database = await createDatabase(await template());
    await withSession(database.url, async (session) => {
      await database.drop();
      await database.drop();
      await expect(session.query('select 1')).rejects.toThrow();
    });
    await expect(withSession(database.url, () => Promise.resolve())).rejects.toThrow('does not exist');
  });
});
