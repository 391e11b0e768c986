import { readFile } from 'node:fs/promises';
import { connect, type SqlSession } from '@agent-agency/testing';
import { testDatabase } from '@agent-agency/testing/vitest';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { diagnoseAs } from '../support/diagnosis.ts';

const database = testDatabase();
const harden = await readFile(new URL('../../../../migrations/harden.sql', import.meta.url), 'utf8');
let admin: SqlSession;
beforeAll(async () => {
  admin = await connect(database.url);
});
afterAll(() => admin.close());

const open = async (url = database.directUrlFor('agent_agency_app')): Promise<string[]> => {
  const found = (await diagnoseAs(url)).find(({ code }) => code === 'NOT_HARDENED');
  if (found !== undefined) expect(found.severity).toBe('info');
  return found?.detail.split('\n') ?? [];
};

// PGlite has one login, an administrator's.
describe.skipIf(database.kind === 'pglite')('hardeningFindings', () => {
  it('are none once an administrator has hardened the database, and one for each part that is open again', async () => {
    await admin.query(harden);
    expect(await open()).toEqual([]);
    const name = new URL(database.url).pathname.slice(1);
    const openings: readonly (readonly [string, RegExp])[] = [
      ['grant execute on function pg_terminate_backend to public', /sessions/],
      ['grant execute on function lo_get(oid) to public', /large objects/],
      ['grant execute on function pg_stat_get_activity to agent_agency_app', /sees what others run/],
      [`grant temporary on database "${name}" to agent_agency_app`, /temporary/],
    ];
    for (const [at, [opening]] of openings.entries()) {
      await admin.query(opening);
      expect(await open()).toEqual(
        openings.slice(0, at + 1).map(([, meaning]) => expect.stringMatching(meaning) as string),
      );
    }
    await admin.query(harden);
    // What was granted by name is not PUBLIC's.
    expect(await open()).toHaveLength(2);
    await admin.query(
      `revoke execute on function pg_stat_get_activity from agent_agency_app; revoke temporary on database "${name}" from agent_agency_app`,
    );
    expect(await open()).toEqual([]);
  });

  it('tell an administrator of values that were sampled earlier', async () => {
    await admin.query(harden);
    await admin.query(
      `insert into task_queue (tenant_id, task_id, task_type, description)
       select 'default-tenant', n::text, 'research', 'x' from generate_series(1, 10) as n;
       alter table task_queue alter column description set statistics 100;
       analyze task_queue;
       alter table task_queue alter column description set statistics 0`,
    );
    expect(await open()).toEqual([]);
    expect(await open(database.url)).toEqual([expect.stringMatching(/values/)]);
    await admin.query(harden);
    expect(await open(database.url)).toEqual([]);
  });
});
