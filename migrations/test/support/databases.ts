import { randomBytes } from 'node:crypto';
import { connect, withSession, type SqlSession } from '@agent-agency/testing';
import { onTestFinished } from 'vitest';

/** A session that the test's end closes. */
export async function openSession(url: string): Promise<SqlSession> {
  const session = await connect(url);
  onTestFinished(() => session.close());
  return session;
}

/** Creates an empty database on the server of `serverUrl` until the test ends; returns its URL. */
export async function createEmptyDatabase(serverUrl: string, owner?: string): Promise<string> {
  return createDatabase(serverUrl, `template template0${owner === undefined ? '' : ` owner ${owner}`}`);
}

/** Creates a copy of a database that nobody is in, until the test ends; returns its URL. */
export async function copyDatabase(serverUrl: string, sourceUrl: string): Promise<string> {
  return createDatabase(serverUrl, `template ${new URL(sourceUrl).pathname.slice(1)}`);
}

async function createDatabase(serverUrl: string, options: string): Promise<string> {
  const name = `migrations_${randomBytes(6).toString('hex')}`;
  await withSession(serverUrl, (admin) =>
    admin.query(`create database ${name} strategy file_copy ${options}`),
  );
  onTestFinished(() =>
    withSession(serverUrl, async (admin) => {
      await admin.query(`drop database ${name} with (force)`);
    }),
  );
  const url = new URL(serverUrl);
  url.pathname = `/${name}`;
  return url.href;
}

/** The same database, another login, where no password is asked for. */
export function urlOf(login: string, url: string): string {
  const other = new URL(url);
  other.username = login;
  return other.href;
}

/** Waits until a session of this database waits for a lock, or fails after ten seconds. */
export async function untilLockAwaited(observer: SqlSession, pid: number): Promise<void> {
  const deadline = Date.now() + 10_000;
  while (Date.now() < deadline) {
    const { rows } = await observer.query('select cardinality(pg_blocking_pids($1)) as blockers', [pid]);
    if (Number(rows[0]?.['blockers']) > 0) return;
  }
  throw new Error(`session ${pid} has not waited for a lock`);
}
