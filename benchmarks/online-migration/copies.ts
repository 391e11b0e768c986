import { withSession } from '@agent-agency/testing';

/** Lends a copy of a database that nobody is in. */
export async function withCopy<T>(sourceUrl: string, use: (url: string) => Promise<T>): Promise<T> {
  const source = new URL(sourceUrl).pathname.slice(1);
  const copy = `${source}_copy`;
  const server = new URL(sourceUrl);
  server.pathname = '/postgres';
  return withSession(server.href, async (admin) => {
    await admin.query(`create database ${copy} strategy file_copy template ${source}`);
    const url = new URL(sourceUrl);
    url.pathname = `/${copy}`;
    try {
      return await use(url.href);
    } finally {
      await admin.query(`drop database ${copy} with (force)`);
    }
  });
}
