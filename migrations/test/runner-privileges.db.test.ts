import { readFile } from 'node:fs/promises';
import { startPostgres, withSession, type PostgresServer } from '@agent-agency/testing';
import { testDatabase } from '@agent-agency/testing/vitest';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { migrateDown, migrateUp, migrationsDirectory, readMigrations } from '../src/index.ts';
import { createEmptyDatabase, openSession, urlOf } from './support/databases.ts';
import { queryValue } from './support/rows.ts';

const database = testDatabase();

/** Runs as the administrator of the server, in a database of it. */
const administer = (url: string, sql: string): Promise<unknown> =>
  withSession(url, (session) => session.query(sql));

// In the order of a server's life: the roles are missing at first, then made, and then there.
describe.skipIf(database.kind === 'pglite')('a login without an administrator’s rights', () => {
  let server: PostgresServer;

  beforeAll(async () => {
    // A server of our own: on the shared one the roles are there already.
    server = await startPostgres({ env: { ...process.env, DATABASE_URL: '', CI: 'true' } });
    await administer(
      server.url,
      `create role creator login createdb createrole;
       create role deployer login createdb;
       create role stranger login`,
    );
  });
  afterAll(() => server.stop());

  const databaseOf = (owner?: string): Promise<string> => createEmptyDatabase(server.url, owner);
  const migrateAs = async (login: string, url: string): Promise<string[]> =>
    migrateUp(await openSession(urlOf(login, url)));
  const refusal = (reason: string) => ({
    code: 'NOT_ADMINISTRATOR',
    message:
      'this login may not prepare the database (roles, the vector extension): ' +
      'have an administrator run bootstrap.sql and grant it agent_agency_owner',
    cause: { code: '42501', message: reason },
  });

  it('is refused where the roles are missing, and nothing is made', async () => {
    const url = await databaseOf('deployer');
    await expect(migrateAs('deployer', url)).rejects.toMatchObject(
      refusal('permission denied to create role'),
    );
    const session = await openSession(url);
    await expect(queryValue(session, `select to_regclass('__migrations__')`)).resolves.toBeNull();
    await expect(
      queryValue(session, `select count(*)::int from pg_roles where rolname like 'agent_agency_%'`),
    ).resolves.toBe(0);
  });

  it('with CREATEROLE needs an administrator for the extension only', async () => {
    onTestFinished(async () => {
      await administer(
        server.url,
        'drop role agent_agency_owner, agent_agency_service, agent_agency_maintenance, agent_agency_app, agent_agency_readonly',
      );
    });
    const url = await databaseOf('creator');
    await administer(url, 'create extension vector');
    await expect(migrateAs('creator', url)).resolves.toHaveLength((await readMigrations()).length);
  });

  it('finds the roles that runners of four databases made at the same moment', async () => {
    const urls = await Promise.all(Array.from({ length: 4 }, () => databaseOf()));
    const runs = await Promise.all(urls.map(async (url) => migrateUp(await openSession(url))));
    const all = (await readMigrations()).map(({ name }) => name);
    expect(runs).toEqual([all, all, all, all]);
  });

  it('is refused where the roles are there but it is not one of them', async () => {
    const url = await databaseOf('deployer');
    await expect(migrateAs('deployer', url)).rejects.toMatchObject(
      refusal('permission denied to grant role "agent_agency_owner"'),
    );
  });

  it('is refused where it is a member, but the extension is missing', async () => {
    await administer(server.url, 'grant agent_agency_owner to deployer');
    await expect(migrateAs('deployer', await databaseOf('deployer'))).rejects.toMatchObject(
      refusal('permission denied to create extension "vector"'),
    );
  });

  it('migrates a database of its own with the extension in it, once it is a member', async () => {
    const url = await databaseOf('deployer');
    await administer(url, 'create extension vector');
    await expect(migrateAs('deployer', url)).resolves.toHaveLength((await readMigrations()).length);
    await expect(migrateAs('deployer', url)).resolves.toEqual([]);
  });

  it('is refused in a database of somebody else', async () => {
    const url = await databaseOf();
    await administer(url, 'create extension vector');
    await expect(migrateAs('deployer', url)).rejects.toMatchObject(
      refusal("permission denied to prepare the database and its schema public: neither is this login's own"),
    );
  });

  it('migrates a database of somebody else up and down, once an administrator ran bootstrap.sql', async () => {
    const url = await databaseOf();
    const bootstrap = await readFile(new URL('bootstrap.sql', migrationsDirectory), 'utf8');
    await administer(url, `begin; ${bootstrap} commit`);
    const session = await openSession(urlOf('deployer', url));
    await expect(migrateUp(session)).resolves.toHaveLength((await readMigrations()).length);
    await expect(queryValue(session, 'select distinct applied_by from __migrations__')).resolves.toBe(
      'deployer',
    );
    await migrateDown(session, { to: 0 });
    await expect(queryValue(session, 'select count(*)::int from __migrations__')).resolves.toBe(0);
  });

  it('is refused while anybody may put functions into schema public, and it cannot close it', async () => {
    const url = await databaseOf();
    await migrateUp(await openSession(url));
    await administer(url, 'grant create on schema public to public');
    await expect(migrateAs('deployer', url)).rejects.toMatchObject(
      refusal("permission denied to prepare the database and its schema public: neither is this login's own"),
    );
  });

  it('takes over from an administrator who migrated, and the administrator from it', async () => {
    const url = await databaseOf();
    const administrator = await openSession(url);
    await migrateUp(administrator, { to: 6 });
    await expect(migrateAs('deployer', url)).resolves.not.toHaveLength(0);
    await expect(migrateDown(administrator, { to: 6 })).resolves.not.toHaveLength(0);
  });

  it('that is no member migrates nothing, not even a migrated database', async () => {
    const url = await databaseOf();
    await migrateUp(await openSession(url));
    await expect(migrateAs('stranger', url)).rejects.toMatchObject({ code: 'NOT_ADMINISTRATOR' });
    const session = await openSession(urlOf('stranger', url));
    await expect(migrateDown(session, { to: 0 })).rejects.toMatchObject({ code: '42501' });
  });
});
