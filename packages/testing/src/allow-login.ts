import { parseDatabaseUrl } from './database-url.ts';
import type { SqlSession } from './session.ts';
import { runUtility } from './utility-statement.ts';

/**
 * Lets roles log in with the password of the administrator's URL, if it has one, so that `urlFor(role)` works on
 * servers that ask for passwords (`DATABASE_URL`, Docker). For test servers: roles belong to the whole server.
 */
export async function allowLogin(
  session: SqlSession,
  adminUrl: string,
  roles: readonly string[],
): Promise<void> {
  const password = decodeURIComponent(parseDatabaseUrl(adminUrl).password);
  for (const role of roles) {
    if (password === '') await runUtility(session, 'alter role %I login', [role]);
    else await runUtility(session, 'alter role %I login password %L', [role, password]);
  }
}
