import { existsSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createDatabase, createTemplate, startEmbedded, withSession } from '../../src/index.ts';
import type { EmbeddedTemplateRef, PostgresServer, TemplateRef } from '../../src/index.ts';

describe('createTemplate and createDatabase on PGlite', () => {
  let server: PostgresServer;
  let template: TemplateRef;
  let calls = 0;

  const migrate = (): Promise<TemplateRef> =>
    createTemplate(
      server,
      async (session) => {
        calls += 1;
        await session.query(
          'create extension vector; create table note (body text, at vector(2)); create role writer',
        );
        await session.query('grant all on note to writer');
      },
      'notes',
    );

  beforeAll(async () => {
    server = await startEmbedded();
    [template] = await Promise.all([migrate(), migrate()]);
  });
  afterAll(() => server.stop());

  it('migrates once for callers at the same time', () => {
    expect(calls).toBe(1);
    expect(structuredClone(template)).toEqual(template);
  });

  it('leaves no template of a migration that fails, and makes it at the next call', async () => {
    const failing = createTemplate(
      server,
      (session) => session.query('select 1 / 0').then(() => undefined),
      'failing',
    );
    await expect(failing).rejects.toMatchObject({ code: '22012' });
    const next = createTemplate(server, () => Promise.resolve(), 'failing');
    await expect(next).resolves.toMatchObject({ kind: 'pglite' });
  });

  it('gives every caller an instance of its own, with pgvector', async () => {
    const one = await createDatabase(template);
    const two = await createDatabase(template);
    await withSession(one.url, (session) => session.query("insert into note values ('mine', '[1,2]')"));
    const nearest = "select body, at <-> '[1,1]' as distance from note";
    const ask = async (url: string): Promise<unknown> =>
      (await withSession(url, (session) => session.query(nearest))).rows;
    expect(await ask(one.url)).toEqual([{ body: 'mine', distance: 1 }]);
    expect(await ask(two.url)).toEqual([]);
    await one.drop();
    await two.drop();
    await expect(withSession(one.url, () => Promise.resolve())).rejects.toMatchObject({
      code: 'DATABASE_UNREACHABLE',
    });
  });

  it('takes every login for postgres, so roles are set and not logged in as', async () => {
    const database = await createDatabase(template);
    const { rows } = await withSession(database.urlFor('writer'), (session) =>
      session.query('begin; set local role writer; select session_user as login, current_user as role'),
    );
    expect(rows).toEqual([{ login: 'postgres', role: 'writer' }]);
    await database.drop();
  });

  it('removes its dump with the server', async () => {
    const other = await startEmbedded();
    const { dumpPath } = (await createTemplate(other, () => Promise.resolve(), 'x')) as EmbeddedTemplateRef;
    expect(existsSync(dumpPath)).toBe(true);
    await other.stop();
    expect(existsSync(dumpPath)).toBe(false);
  });
});
