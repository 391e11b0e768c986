import { createHash } from 'node:crypto';
import { withDatabase } from '../database-url.ts';
import { withSession } from '../session.ts';
import type { SqlSession } from '../session.ts';
import { runUtility } from '../utility-statement.ts';
import type { Migrate } from './template-ref.ts';

const prefix = 'agent_agency_template_';
/** One lock for all templates of a server: migrations also make roles, which belong to the whole server. */
const lockKey = 7_214_500_317;
const unusedDays = 7;

/**
 * Makes the template database of `key` unless the server has it; returns its name.
 *
 * **Runs** under a session-level advisory lock of the maintenance database, so that several processes can share a
 * server. Nobody can connect to a finished template, which would block cloning it. Templates that no run has asked
 * for in a week are dropped.
 */
export function putServerTemplate(serverUrl: string, migrate: Migrate, key: string): Promise<string> {
  const name = prefix + createHash('sha256').update(key).digest('hex').slice(0, 16);
  return withSession(serverUrl, async (admin) => {
    await admin.query('set statement_timeout = 0; set lock_timeout = 0');
    await admin.query('select pg_advisory_lock($1)', [lockKey]);
    const { rows } = await admin.query('select from pg_database where datname = $1 and datistemplate', [
      name,
    ]);
    if (rows.length === 0) {
      const url = withDatabase(serverUrl, name);
      await make(admin, name, () => withSession(url, (session) => migrate(session, url)));
    }
    await runUtility(admin, 'comment on database %I is %L', [name, new Date().toISOString()]);
    await dropUnused(admin, name);
    return name;
  });
}

async function make(admin: SqlSession, name: string, fill: () => Promise<void>): Promise<void> {
  // Left over from a process that died while it migrated.
  await drop(admin, name);
  await runUtility(admin, "create database %I template template0 encoding 'UTF8'", [name]);
  try {
    await fill();
  } catch (error) {
    await drop(admin, name);
    throw error;
  }
  await runUtility(admin, 'alter database %I with is_template true allow_connections false', [name]);
}

/** Drops the templates whose comment, the time of their last use, is a week old. */
async function dropUnused(admin: SqlSession, used: string): Promise<void> {
  const { rows } = await admin.query(
    `select datname as name
       from pg_database
      where starts_with(datname, $1) and datname <> $2 and datistemplate and pg_has_role(datdba, 'usage')
        and coalesce(shobj_description(oid, 'pg_database'), '-infinity')::timestamptz < now() - make_interval(days => $3::int)`,
    [prefix, used, unusedDays],
  );
  for (const { name } of rows) {
    await runUtility(admin, 'alter database %I with is_template false', [String(name)]);
    await drop(admin, String(name));
  }
}

async function drop(admin: SqlSession, database: string): Promise<void> {
  await runUtility(admin, 'drop database if exists %I with (force)', [database]);
}
