import { configFromEnv, ConnectionPoolManager, type SystemTransaction } from '@agent-agency/db-core';
import { useApplication } from '@agent-agency/db-core/testing';
import { testDatabase } from '@agent-agency/testing/vitest';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createLocalFileKeys } from '../../src/encryption/local-file-keys.ts';
import { createMaintenanceCipher, createTenantCipher } from '../../src/encryption/tenant-cipher.ts';
import { TenantKeyRing } from '../../src/encryption/tenant-key-ring.ts';
import {
  createDecisions,
  insertDecision,
  placeOf,
  RATIONALE,
  type StoredDecision,
} from './support/decisions.ts';
import { newEncryptedTenant, useFolders } from './support/encrypted-tenants.ts';

const app = useApplication(testDatabase());
const folders = useFolders();
let keyRing: TenantKeyRing;
let operator: ConnectionPoolManager;

beforeAll(async () => {
  keyRing = new TenantKeyRing(createLocalFileKeys(await folders.newFolder()));
  operator = new ConnectionPoolManager();
  operator.initialize({
    ...configFromEnv({ DATABASE_URL: app.database.url }),
    allowPrivilegedRole: true,
    min: 0,
  });
  await createDecisions(app);
});
afterAll(() => operator.shutdown());

/** A transaction of an operator that reaches the rows of one tenant. */
const inMaintenance = <T>(tenantId: string, work: (tx: SystemTransaction) => Promise<T>): Promise<T> =>
  operator.withSystem('tests of maintenance', async (tx) => {
    await sql`select app.begin_tenant_maintenance(${tenantId}, 'export', 'tests')`.execute(tx);
    await sql`set local role agent_agency_maintenance`.execute(tx);
    return work(tx);
  });

describe.skipIf(app.database.kind === 'pglite')('createMaintenanceCipher', () => {
  it('reads and writes what the tenant has sealed, and nothing of another', async () => {
    const [tenant, other] = [await newEncryptedTenant(app), await newEncryptedTenant(app)];
    for (const [owner, text] of [
      [tenant, 'mine'],
      [other, 'theirs'],
    ] as const) {
      await app.inTenant(owner, (tx) => insertDecision(tx, createTenantCipher(tx, keyRing), { id: 1, text }));
    }
    const place = placeOf(RATIONALE, 1);
    const read = await inMaintenance(tenant, async (tx) => {
      const cipher = createMaintenanceCipher(tx, keyRing, { tenantId: tenant });
      const { rows } = await sql<StoredDecision>`select * from decisions`.execute(tx);
      const rationale = await cipher.sealText(place, 'changed');
      await sql`update decisions set rationale = ${rationale}`.execute(tx);
      return Promise.all(rows.map((row) => cipher.openText(place, row.rationale)));
    });
    expect(read).toEqual(['mine']);
    const changed = await app.inTenant(tenant, async (tx) => {
      const { rows } = await sql<StoredDecision>`select * from decisions`.execute(tx);
      return createTenantCipher(tx, keyRing).openText(place, rows[0]?.rationale ?? '');
    });
    expect(changed).toBe('changed');
  });

  it('finds no key of a tenant that is not the one in maintenance', async () => {
    const [tenant, other] = [await newEncryptedTenant(app), await newEncryptedTenant(app)];
    const place = placeOf(RATIONALE, 1);
    const sealed = await app.inTenant(other, (tx) =>
      createTenantCipher(tx, keyRing).sealText(place, 'theirs'),
    );
    const refused = inMaintenance(tenant, (tx) =>
      createMaintenanceCipher(tx, keyRing, { tenantId: other }).openText(place, sealed),
    );
    await expect(refused).rejects.toMatchObject({ code: 'VALUE_UNREADABLE' });
  });
});
