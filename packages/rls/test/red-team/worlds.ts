import { createDatabase, withSession, type SqlSession, type TestDatabase } from '@agent-agency/testing';
import type { TestDatabaseFixture } from '@agent-agency/testing/vitest';
import { TEST_CONTEXT_KEY } from '@agent-agency/db-core/testing';
import { afterAll, beforeAll } from 'vitest';
import { signedSettings, type Settings } from '../../src/prove/signature.ts';
import { insertion } from '../../src/prove/world/make-world.ts';
import { ROW_MAKERS } from '../../src/prove/world/rows.ts';

/** Whose transaction is under attack from within. */
export const OWN = 'acme';
/** Whose rows are to be found. The attacker knows its name. */
export const OTHER = 'globex';
/** In every row of the other tenant that has room for it, and known to nobody else. */
export const MARKER = 'xq7-what-globex-knows';

const HOUR_SECONDS = 3600;

/** A context as services sign it, valid for an hour. */
export function contextOf(tenant: string): Settings {
  const { keyId, secret } = TEST_CONTEXT_KEY;
  const expiresAt = Math.floor(Date.now() / 1000) + HOUR_SECONDS;
  return signedSettings({ tenant, user: '', session: '', keyId, secret, expiresAt });
}

/** Two databases that are the same to the last byte, but that in one of them there is another tenant. */
export interface Worlds {
  /** The tenant is alone. */
  readonly without: string;
  /** The other tenant has rows in every table, and many in some. */
  readonly withOther: string;
  /** The same, as the administrator. */
  readonly administrator: string;
}

/** Makes the two before the tests of a file. */
export function twoWorlds(database: TestDatabaseFixture): Worlds {
  let copy: TestDatabase | undefined;
  beforeAll(async () => {
    if (database.kind === 'pglite') return;
    await withSession(database.url, async (session) => {
      await makeTenant(session, OWN, OWN);
      await makeVectors(session, OWN);
    });
    const { pathname } = new URL(database.url);
    const serverUrl = new URL('/postgres', database.url).href;
    copy = await createDatabase({ kind: database.kind, serverUrl, database: pathname.slice(1) });
    await withSession(copy.url, async (session) => {
      await makeTenant(session, OTHER, MARKER);
      await makeMany(session);
      await makeVectors(session, OTHER);
    });
    for (const { url } of [database, copy]) await withSession(url, (session) => session.query('analyze'));
  });
  afterAll(() => copy?.drop());
  const ready = (): TestDatabase => {
    if (copy === undefined) throw new Error('there are no worlds before the tests');
    return copy;
  };
  return {
    get without() {
      return database.urlFor('agent_agency_app');
    },
    get withOther() {
      return ready().urlFor('agent_agency_app');
    },
    get administrator() {
      return ready().url;
    },
  };
}

/** A tenant with rows in every table; `says` stands where a row has a text of its own. */
async function makeTenant(session: SqlSession, tenant: string, says: string): Promise<void> {
  await session.query('begin');
  await session.query('select create_tenant($1, $1, $2)', [tenant, says]);
  for (const [name, value] of Object.entries(contextOf(tenant))) {
    await session.query('select set_config($1, $2, true)', [name, value]);
  }
  for (const maker of ROW_MAKERS.filter(({ table }) => table !== 'tenants')) {
    const numbers = maker.isSingle === true ? [1] : [1, 2, ...(maker.more ?? [])];
    await session.query(ACT_WHERE_IT_MAY, [maker.table]);
    for (const n of numbers) {
      await session.query(
        `${insertion(maker, { n, tenant: says, changes: { tenant_id: tenant } })} on conflict do nothing`,
      );
    }
  }
  await session.query('commit');
}

/** As the application where that may write and read a table: triggers then see what they see in earnest. */
const ACT_WHERE_IT_MAY = `
  select set_config('role', case count(*) filter (where has_table_privilege('agent_agency_app', $1, privilege))
    when 2 then 'agent_agency_app' else 'none' end, true)
  from unnest(array['select', 'insert']) as privilege`;

/** A graph of the tenant's own, and a vector that is noted beside it. */
async function makeVectors(session: SqlSession, tenant: string): Promise<void> {
  const embed = (name: string) =>
    session.query(
      `insert into agent_capabilities_graph (tenant_id, agent_id, capability_name, confidence, extraction_confidence, embedding)
       values ($1, 'agent 1', $2, 0.9, 0.9, array_fill(1::real, array[768])::vector)`,
      [tenant, name],
    );
  await embed('in the graph');
  for (const step of ['begin', 'fill', 'finish'])
    await session.query(`select app.${step}_vector_index($1)`, [tenant]);
  await embed('beside it');
}

/** Enough for statistics to have something to say. */
async function makeMany(session: SqlSession): Promise<void> {
  await session.query(
    `insert into task_queue (tenant_id, task_id, task_type, description, priority, dequeued_at, task_metadata)
     select $1, 'many ' || n, 'research', case when n <= 60 then $2 else 'nothing ' || n end, 5, now(), '{"xq7": true}'
     from generate_series(1, 3000) as n`,
    [OTHER, MARKER],
  );
  await session.query(
    `insert into search_results (
       tenant_id, query_id, title, content, url, domain, source_type, relevance_score, credibility_score, provider
     )
     select tenant_id, query_id, $2, $2, url || n, domain, source_type, relevance_score, credibility_score, provider
     from search_results cross join generate_series(1, 300) as n where tenant_id = $1 and url ~ '1$'`,
    [OTHER, MARKER],
  );
  await session.query(
    `insert into entity_chunk_mappings (
       tenant_id, entity_id, chunk_id, chunk_type, mention_text, extraction_method, extraction_confidence
     )
     select tenant_id, entity_id, gen_random_uuid(), chunk_type, $2, extraction_method, extraction_confidence
     from entity_chunk_mappings cross join generate_series(1, 300) where tenant_id = $1`,
    [OTHER, MARKER],
  );
  await session.query(
    `insert into agent_profiles (tenant_id, id, name, model_family)
     select $1, 'many ' || n, 'agent ' || n, 'human' from generate_series(1, 300) as n`,
    [OTHER],
  );
  await session.query(
    `insert into agent_relationships (tenant_id, source_agent_id, target_agent_id, type, confidence)
     select $1, 'agent 1', 'agent 2', type, 0.9 from unnest(enum_range(null::relationship_type)) as type
     on conflict do nothing`,
    [OTHER],
  );
  await session.query('update tenants set encryption_enabled = true where id = $1', [OTHER]);
}
