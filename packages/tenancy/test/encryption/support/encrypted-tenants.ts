import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { configFromEnv, ConnectionPoolManager } from '@agent-agency/db-core';
import type { Application } from '@agent-agency/db-core/testing';
import { withSession, type SqlSession } from '@agent-agency/testing';
import { afterAll } from 'vitest';
import { setTenantEncryption } from '../../../src/encryption/set-tenant-encryption.ts';

/** Folders of a test file, which are gone after it. */
export function useFolders(): { newFolder(): Promise<string> } {
  const folders: string[] = [];
  afterAll(async () => {
    for (const folder of folders) await rm(folder, { recursive: true, force: true });
  });
  return {
    async newFolder() {
      const folder = await mkdtemp(join(tmpdir(), 'tenancy-test-'));
      folders.push(folder);
      return folder;
    },
  };
}

/** Switches a tenant's encryption as an operator does. */
export async function switchEncryption(
  app: Application,
  tenantId: string,
  isEnabled: boolean,
): Promise<void> {
  const operator = new ConnectionPoolManager();
  operator.initialize({
    ...configFromEnv({ DATABASE_URL: app.database.url }),
    allowPrivilegedRole: true,
    min: 0,
  });
  try {
    await operator.withSystem('tests switch encryption', (tx) =>
      setTenantEncryption(tx, tenantId, isEnabled),
    );
  } finally {
    await operator.shutdown();
  }
}

/** A new tenant whose encryption is on. */
export async function newEncryptedTenant(app: Application): Promise<string> {
  const tenantId = await app.newTenant();
  await switchEncryption(app, tenantId, true);
  return tenantId;
}

/** Statements of the server's administrator, whom no policy binds. */
export function asAdministrator<T>(app: Application, work: (session: SqlSession) => Promise<T>): Promise<T> {
  return withSession(app.database.url, work);
}

/** Until a session of the test's database waits for another. */
export function untilSomebodyWaits(app: Application): Promise<void> {
  return asAdministrator(app, async (session) => {
    for (;;) {
      const { rows } = await session.query(
        `select from pg_stat_activity where datname = current_database() and cardinality(pg_blocking_pids(pid)) > 0`,
      );
      if (rows.length > 0) return;
    }
  });
}
