import { readFile } from 'node:fs/promises';
import { migrateUp } from '@agent-agency/migrations';
import { startReplicaSet, withSession, type SqlSession } from '@agent-agency/testing';
import { Operator } from './operator.ts';

/** A database at version 005 with rows of several services, a spare server, and somebody who is going to migrate it. */
export interface Stage {
  readonly url: string;
  readonly spareUrl: string;
  readonly operator: Operator;
  /** The database under another login. */
  readonly urlFor: (login: string) => string;
  leave(): Promise<void>;
}

/**
 * Starts two servers of its own, whatever the tests have otherwise: the plan changes roles, which belong to a server.
 *
 * @throws {TestingError} `SOURCE_UNAVAILABLE` where there are no programs to start them from.
 */
export async function setStage(): Promise<Stage> {
  const main = await startReplicaSet({ replicas: 0 });
  const spare = await startReplicaSet({ replicas: 0 });
  const url = urlOf(main.primary.url, { database: 'agency' });
  await withSession(main.primary.url, (session) => session.query('create database agency'));
  const binDir = await withSession(url, async (session) => {
    await populate(session);
    const { rows } = await session.query(`select setting from pg_config where name = 'BINDIR'`);
    return String(rows[0]?.['setting']);
  });
  const operator = await Operator.at(binDir, { DATABASE_URL: url, SPARE_URL: spare.primary.url });
  return {
    url,
    spareUrl: spare.primary.url,
    operator,
    urlFor: (login) => urlOf(url, { login }),
    async leave() {
      await operator.leave();
      await spare.stop();
      await main.stop();
    },
  };
}

async function populate(session: SqlSession): Promise<void> {
  await migrateUp(session, { to: 5 });
  await session.query(await rowsIn('migration-plan-rows.sql'));
  await session.query(LOGINS);
  await session.query(ASK_FOR_PASSWORD);
}

/** What services write when they have been migrated. */
export async function writeLaterRows(url: string): Promise<void> {
  const rows = await rowsIn('migration-plan-later-rows.sql');
  await withSession(url, (session) => session.query(rows));
}

const LOGINS = `
  create role legacy_owner login in role agent_agency_owner;
  create role legacy_service login;
  grant usage on schema public to legacy_service;
  grant select, insert, update, delete on all tables in schema public to legacy_service`;

/** Of the application only: everybody else is trusted. */
const ASK_FOR_PASSWORD = `
  do $$
  begin
    execute format(
      'copy (values (%L), (%L)) to %L',
      'host all agent_agency_app 127.0.0.1/32 scram-sha-256', 'host all all 127.0.0.1/32 trust',
      current_setting('hba_file')
    );
    perform pg_reload_conf();
  end
  $$`;

function rowsIn(file: string): Promise<string> {
  return readFile(new URL(file, import.meta.url), 'utf8');
}

function urlOf(url: string, { login, database }: { login?: string; database?: string }): string {
  const other = new URL(url);
  if (login !== undefined) other.username = login;
  if (database !== undefined) other.pathname = database;
  return other.href;
}
