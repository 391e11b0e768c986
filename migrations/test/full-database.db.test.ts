import { readFile } from 'node:fs/promises';
import { connect, withSession, type SqlSession } from '@agent-agency/testing';
import { testDatabase } from '@agent-agency/testing/vitest';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  describeCatalogue,
  migrateDown,
  migrateUp,
  migrationsDirectory,
  readMigrations,
  type MigrationConnection,
  type MigrationProgress,
} from '../src/index.ts';
import { contentsOf, ownersIn } from './support/contents.ts';
import { copyDatabase, openSession, untilLockAwaited } from './support/databases.ts';
import { startLoad } from './support/load.ts';
import { seededRandom } from './support/random.ts';
import { queryValue } from './support/rows.ts';
import { asTenant } from './support/tenant-context.ts';
import { changeTenantRows, insertTenantRows } from './support/tenant-rows.ts';

const NAME = '007_add_multi_tenant_isolation';

const database = testDatabase();
const full = testDatabase();
const prepared = testDatabase();

/** What is left when a runner is killed in the middle of making an index, or before it validates. */
const UNFINISHED = `
  update pg_index set indisvalid = false where indexrelid = 'agent_capabilities_pkey_t'::regclass;
  update pg_constraint set convalidated = false where conname = 'agent_capabilities_agent_id_fkey_t'`;

/** At 006, with rows in every table, and enough of them in one for 007 to be prepared. */
const fullDatabase = () => copyDatabase(database.url, full.url);
/** The same, when 007's companion is done and 007 is about to begin. */
const preparedDatabase = () => copyDatabase(database.url, prepared.url);
const catalogueOfHead = () => withSession(database.url, describeCatalogue);

describe.skipIf(database.kind === 'pglite')('007 in a full database', { timeout: 60_000 }, () => {
  let up = '';

  beforeAll(async () => {
    up = (await readMigrations()).find(({ name }) => name === NAME)?.up ?? '';
    await withSession(full.url, fill);
    await withSession(prepared.url, async (session) => {
      await fill(session);
      await expect(migrateUp(beforeFile(session, up))).rejects.toThrow('interrupted');
    });
  });

  it('ends with the catalogue of a new database, every row, and those that were written meanwhile', async () => {
    const url = await fullDatabase();
    const session = await openSession(url);
    const [before, catalogue] = [await contentsOf(session), await describeCatalogue(session)];
    expect([...before.values()]).not.toContain(null);
    const load = startLoad(url);
    await load.progress();
    const statements = await preparedBy((onProgress) => migrateUp(session, { onProgress }));
    await load.progress();
    const written = await load.stop();

    expect(statements.length).toBeGreaterThan(100);
    expect(await describeCatalogue(session)).toEqual(await catalogueOfHead());
    expect(await ownersIn(session)).toEqual(['default-tenant']);
    expect(await removeLoad(session)).toEqual(written.toSorted());
    expect(await contentsOf(session, before.keys())).toEqual(before);
    await migrateDown(session, { to: 6 });
    expect(await contentsOf(session)).toEqual(before);
    expect(await describeCatalogue(session)).toEqual(catalogue);
  });

  it('completes when it is killed again and again, and each time is there whole or not at all', async () => {
    const url = await fullDatabase();
    const observer = await openSession(url);
    const before = await contentsOf(observer);
    const load = startLoad(url);
    const { integer } = seededRandom(7);
    let kills = 0;
    let hasKilledFile = false;
    for (let isApplied = false; !isApplied;) {
      let statements = integer(300);
      isApplied = await migrateUnlessKilled(url, observer, (text) => {
        const isFile = text === up && !hasKilledFile;
        hasKilledFile ||= isFile;
        return isFile || statements-- === 0;
      });
      if (!isApplied) kills += 1;
      const isEntered = await queryValue(
        observer,
        'select exists (select from __migrations__ where version = 7)',
      );
      expect(await queryValue(observer, `select to_regclass('tenants') is not null`)).toBe(isEntered);
    }
    const written = await load.stop();

    expect(kills).toBeGreaterThan(2);
    expect(hasKilledFile).toBe(true);
    expect(await describeCatalogue(observer)).toEqual(await catalogueOfHead());
    expect(await ownersIn(observer)).toEqual(['default-tenant']);
    expect(await removeLoad(observer)).toEqual(written.toSorted());
    expect(await contentsOf(observer, before.keys())).toEqual(before);
  });

  it('comes again while somebody reads for long, in the preparation and after it, and lets others go on', async () => {
    const url = await fullDatabase();
    const [session, reader, other] = [await openSession(url), await openSession(url), await openSession(url)];
    const occupy = () => reader.query('begin; select from agent_profiles; select from performance_events');
    let isOccupiedAgain = false;
    const connection: MigrationConnection = {
      async query(text, values) {
        if (text === up && !isOccupiedAgain) {
          isOccupiedAgain = true;
          await occupy();
        }
        return session.query(text, values);
      },
    };
    const goesOn: Promise<unknown>[] = [];
    const onProgress = (event: MigrationProgress): void => {
      if (event.kind !== 'waiting') return;
      // One after the other in one session: whoever writes is through before the reader lets the migration in.
      goesOn.push(
        other
          .query(`update agent_profiles set active_tasks = 1 where id = 'agent 1'`)
          .then(() => reader.query('rollback')),
      );
    };
    await occupy();
    await expect(migrateUp(connection, { onProgress })).resolves.toContain(NAME);
    await Promise.all(goesOn);
    expect(isOccupiedAgain).toBe(true);
    expect(goesOn.length).toBeGreaterThanOrEqual(2);
    expect(await describeCatalogue(session)).toEqual(await catalogueOfHead());
  });

  it('is prepared by one runner of several, and the others do not stand in its way', async () => {
    const url = await fullDatabase();
    const runners = [await openSession(url), await openSession(url), await openSession(url)];
    const waits: string[] = [];
    const applied = await Promise.all(
      runners.map((session) =>
        migrateUp(session, {
          onProgress: ({ kind }) => {
            if (kind === 'waiting') waits.push(kind);
          },
        }),
      ),
    );
    expect(applied.filter((names) => names.includes(NAME))).toHaveLength(1);
    expect(waits).toEqual([]);
  });

  it('does everything itself where each table is small', async () => {
    const session = await openSession(await fullDatabase());
    await makeSmall(session);
    await expect(preparedBy((onProgress) => migrateUp(session, { onProgress }))).resolves.toEqual([]);
    expect(await describeCatalogue(session)).toEqual(await catalogueOfHead());
  });

  it('makes an index anew that a kill left invalid, and looks at the rows of a foreign key again', async () => {
    const session = await openSession(await preparedDatabase());
    await session.query(UNFINISHED);
    await expect(preparedBy((onProgress) => migrateUp(session, { onProgress }))).resolves.toEqual([
      'drop index concurrently agent_capabilities_pkey_t',
      'CREATE UNIQUE INDEX CONCURRENTLY agent_capabilities_pkey_t ON public.agent_capabilities USING btree (tenant_id, id)',
      'alter table agent_capabilities validate constraint agent_capabilities_agent_id_fkey_t',
    ]);
    expect(await describeCatalogue(session)).toEqual(await catalogueOfHead());
  });

  it('takes nothing of that for finished where it is not prepared any more', async () => {
    const session = await openSession(await preparedDatabase());
    await session.query(UNFINISHED);
    await makeSmall(session);
    await expect(preparedBy((onProgress) => migrateUp(session, { onProgress }))).resolves.toEqual([]);
    expect(await describeCatalogue(session)).toEqual(await catalogueOfHead());
  });

  it('can be given up when it is prepared: what was made goes with the column', async () => {
    const session = await openSession(await preparedDatabase());
    const contents = await contentsOf(session);
    const catalogue = await withSession(full.url, describeCatalogue);
    expect(await describeCatalogue(session)).not.toEqual(catalogue);
    await session.query(await giveUp());
    expect(await describeCatalogue(session)).toEqual(catalogue);
    expect(await contentsOf(session)).toEqual(contents);
  });

  it('waits for vacuum behind everybody else', async () => {
    const url = await fullDatabase();
    const [session, vacuum, other] = [await openSession(url), await openSession(url), await openSession(url)];
    await makeSmall(session);
    const pid = Number(await queryValue(session, 'select pg_backend_pid()'));
    const waits: string[] = [];
    await vacuum.query('begin; lock table performance_events in share update exclusive mode');
    const migrated = migrateUp(session, {
      onProgress: ({ kind }) => {
        waits.push(kind);
      },
    });
    await untilLockAwaited(other, pid);
    const mode = await queryValue(other, 'select mode from pg_locks where pid = $1 and not granted', [pid]);
    expect(mode).toBe('ShareUpdateExclusiveLock');
    await other.query('update performance_events set task_id = task_id');
    await vacuum.query('rollback');
    await expect(migrated).resolves.toContain(NAME);
    expect(waits).toEqual([]);
  });

  it('refuses a row that somebody gave to a tenant before there was any', async () => {
    const session = await openSession(await fullDatabase());
    await makeSmall(session);
    await session.query(
      `alter table system_health_metrics add column tenant_id varchar(255) not null default 'acme'`,
    );
    await expect(migrateUp(session)).rejects.toMatchObject({
      message: `${NAME} (up) failed: system_health_metrics has rows of a tenant that there is not: before 007 all are of default-tenant`,
      details: { sqlState: '23503' },
    });
    await expect(queryValue(session, `select to_regclass('tenants')`)).resolves.toBeNull();
    await session.query(`update system_health_metrics set tenant_id = 'default-tenant'`);
    await expect(migrateUp(session)).resolves.toContain(NAME);
  });
});

describe('the files of 007', () => {
  it('list the same tables', async () => {
    const lists = ['.sql', '.prepare.sql', '.down.sql'].map(async (ending) => {
      const text = await readFile(new URL(`${NAME}${ending}`, migrationsDirectory), 'utf8');
      const [list = ''] = /array\[\s*-- 001[^\]]*\]::regclass\[\]/.exec(text) ?? [];
      return list.match(/'\w+'/g);
    });
    const [one, prepare, down] = await Promise.all(lists);
    expect(one).toHaveLength(35);
    expect(prepare).toEqual(one);
    expect(down).toEqual(one);
  });
});

/** Leads a new database back to 006, with rows in every table and enough of them in one for 007 to be prepared. */
async function fill(session: SqlSession): Promise<void> {
  await asTenant(session, 'default-tenant', () => insertTenantRows(session, 'default-tenant'));
  await asTenant(session, 'default-tenant', () => changeTenantRows(session));
  await migrateDown(session, { to: 6 });
  await session.query(`
    insert into agent_profiles (id, name, model_family)
    select 'agent ' || n, 'Agent ' || n, 'human' from generate_series(1, 2000) as n`);
}

/** Statements of the companion that a run executes. */
async function preparedBy(
  run: (onProgress: (event: MigrationProgress) => void) => Promise<unknown>,
): Promise<string[]> {
  const statements: string[] = [];
  await run((event) => {
    if (event.kind === 'prepared') statements.push(event.statement);
  });
  return statements;
}

/** Leaves no table of a size that has to be prepared. */
async function makeSmall(session: SqlSession): Promise<void> {
  await session.query(`delete from agent_profiles where id like 'agent %'`);
  await session.query('vacuum full agent_profiles');
}

/** The statement that the manual gives. */
async function giveUp(): Promise<string> {
  const manual = await readFile(
    new URL('../docs/operations/online-migration.md', migrationsDirectory),
    'utf8',
  );
  return /```sql\n(do \$\$[\s\S]*?)```/.exec(manual)?.[1] ?? '';
}

/** A connection on which a run comes to the file, and no further. */
function beforeFile(session: SqlSession, file: string): MigrationConnection {
  return {
    query: (text, values) =>
      text === file ? Promise.reject(new Error('interrupted')) : session.query(text, values),
  };
}

/** Migrates, and ends the session in the middle of the statement that `kills` says; false when it came to that. */
async function migrateUnlessKilled(
  url: string,
  observer: SqlSession,
  kills: (text: string) => boolean,
): Promise<boolean> {
  const session = await connect(url);
  const pid = await queryValue(session, 'select pg_backend_pid()');
  let isKilled = false as boolean;
  const connection: MigrationConnection = {
    async query(text, values) {
      const answer = session.query(text, values);
      if (!isKilled && kills(text)) {
        isKilled = true;
        answer.catch(() => undefined);
        await observer.query('select pg_terminate_backend($1, 10000)', [pid]);
      }
      return answer;
    },
  };
  try {
    await migrateUp(connection);
  } catch (error) {
    // Its connection is gone: nothing is left to close.
    if (isKilled) return false;
    throw error;
  }
  await session.close();
  return true;
}

/** Takes out what the load has written, and says which agents were there. */
async function removeLoad(session: SqlSession): Promise<string[]> {
  const { rows } = await session.query(`delete from agent_profiles where id like 'load %' returning id`);
  return rows.map(({ id }) => String(id)).sort();
}
