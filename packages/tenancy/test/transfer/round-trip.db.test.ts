import { testDatabase } from '@agent-agency/testing/vitest';
import { beforeAll, describe, expect, it } from 'vitest';
import { eraseTenant } from '../../src/erasure/erase-tenant.ts';
import { listTenantTables } from '../../src/transfer/tenant-tables.ts';
import { exported, fileOf, imported, linesOf, withoutManifest } from './support/files.ts';
import { migrationTests, useWorld, type Node } from './support/world.ts';

const database = testDatabase();
const world = useWorld(database);

/** What a tenant's rows are, as PostgreSQL shows them to who sees everything. */
async function contentsOf(tenant: string): Promise<Record<string, unknown>> {
  const tables = await world.operator.withSystem('tests', listTenantTables);
  const contents: Record<string, unknown> = {};
  for (const { name, sqlName, tenantColumn } of tables) {
    const { rows } = await world.administrator.query(
      `select item::text as row from ${sqlName} as item where ${tenantColumn} = $1 order by 1`,
      [tenant],
    );
    contents[name] = rows.map(({ row }) => row);
  }
  return contents;
}

const erase = (tenantId: string) =>
  world.operator.withSystem('tests', (tx) => eraseTenant(tx, { tenantId, reason: 'a test', force: true }));

/** Values that a program's numbers, dates and strings would not bring back. */
async function insertAwkwardRows(tenant: string): Promise<void> {
  const run = (statement: string, ...values: unknown[]) => world.asTenant(tenant, statement, values);
  const text = 'a\tb\nc\r\u2028 "quoted" \\back\\ {brace} 👩‍🚀 \u0001 ' + "it's NULL \\N";
  await run(
    `insert into web_traversals (session_id, start_url, strategy, total_content_bytes, config_metadata, error_message)
     values ('long', 'https://example.org/', 'depth_first', 9007199254740993, $1::text::jsonb, $2)`,
    '{"n": 12345678901234567890.123456789, "e": 1e400, "t": "\\u0001\\"", "u": null}',
    text,
  );
  await run(
    `insert into agent_profiles (id, name, model_family, embedding, created_at, updated_at, config)
     values ($1, $2, 'human', $3, '2025-01-31 23:59:59.123456+00', 'infinity', '{}')`,
    `${tenant} "awkward", agent\\`,
    text.replaceAll('\u0001', ''),
    `[${Array.from({ length: 768 }, (_, at) => (at === 0 ? 1e-30 : Math.fround(Math.sin(at) / 3))).join(',')}]`,
  );
  await run(
    `insert into knowledge_queries (query_text, query_type, requester_id, priority, max_results, relevance_threshold, tags)
     values ('x', 'explanatory', 'x', 5, 10, 0.50, $1)`,
    ['', 'NULL', 'a,b', '{}', '"', '\\', ' '],
  );
}

/** A key that was destroyed, and one that was not. */
async function insertSubjectKeys(tenant: string): Promise<void> {
  await world.asTenant(
    tenant,
    'update subject_keys set subject_sha256 = null, wrapped_key = null, destroyed_at = now()',
  );
  await world.asTenant(
    tenant,
    `insert into subject_keys (subject_sha256, wrapped_key, kek_id) values (repeat('cd', 32), '\\x01', 'file:1')`,
  );
}

/** Rows that refer to rows of their own table, in an order that their keys do not have. */
async function insertSelfReferences(tenant: string): Promise<void> {
  // More than are sent at once.
  await world.asTenant(
    tenant,
    `insert into web_traversal_nodes (id, traversal_id, url, depth, status, parent_id)
     select
       (to_char(5000 - n, 'FM00000000') || '-0000-4000-8000-000000000000')::uuid, traversal.id, 'https://example.org/' || n, 1, 'visited',
       case when n > 1 then (to_char(5001 - n, 'FM00000000') || '-0000-4000-8000-000000000000')::uuid end
     from web_traversals as traversal cross join generate_series(1, 3000) as n
     where traversal.session_id = 'long'`,
  );
  const ids = ['f', '8', '0'].map((digit) => `${digit}${crypto.randomUUID().slice(1)}`);
  const { appendNodes, asTenant, nodeAfter } = migrationTests;
  await asTenant(world.administrator, tenant, async () => {
    const { rows } = await world.administrator.query(
      `select id, seq::integer as seq, hash_chain from caws_provenance_graph
       where tenant_id = $1 order by seq desc limit 1`,
      [tenant],
    );
    let last = rows[0] as unknown as Node;
    for (const id of ids) {
      last = nodeAfter(last, {
        ...{ tenant_id: tenant, id, parent_ids: [last.id], parent_hashes: [last.hash_chain] },
        constitutional_refs: ['CAWS:1', 'CAWS:"2"'],
        // More than is sent at once, in the middle of the ids.
        ...(id.startsWith('8') ? { content: Buffer.from(`{"a":"${'b'.repeat(520_000)}"}`) } : {}),
      });
      await appendNodes(world.administrator, last);
    }
  });
}

describe.skipIf(database.kind === 'pglite')('a tenant that goes and comes back', () => {
  let [before, file]: [Record<string, unknown>, Buffer] = [{}, Buffer.of()];
  beforeAll(async () => {
    await world.fill('acme');
    await world.fill('globex');
    await insertAwkwardRows('acme');
    await insertSubjectKeys('acme');
    await insertSelfReferences('acme');
    // With rows of before, that are not sealed.
    await world.administrator.query(`update tenants set encryption_enabled = true where id = 'acme'`);
    before = await contentsOf('acme');
    file = await exported(world.operator, 'acme');
  });

  it('has something in every table', () => {
    const empty = Object.entries(before).filter(([, rows]) => (rows as unknown[]).length === 0);
    expect(empty.map(([table]) => table)).toEqual([]);
  });

  it('has the same rows, in the same file, and others keep theirs', async () => {
    const others = await contentsOf('globex');
    await erase('acme');
    expect(Object.values(await contentsOf('acme')).flat()).toEqual([]);
    await imported(world.operator, file);
    await expect(contentsOf('acme')).resolves.toEqual(before);
    expect(withoutManifest(await exported(world.operator, 'acme'))).toEqual(withoutManifest(file));
    await expect(contentsOf('globex')).resolves.toEqual(others);
  });

  it('comes back the same from the smallest pieces', async () => {
    await erase('acme');
    const pieces = Array.from({ length: Math.ceil(file.length / 7) }, (_, at) =>
      file.subarray(at * 7, at * 7 + 7),
    );
    await imported(world.operator, pieces);
    await expect(contentsOf('acme')).resolves.toEqual(before);
  });

  it('goes on writing where it was', async () => {
    // As in another database, whose numbers are not as far.
    await world.administrator.query(`select setval('task_research_provenance_id_seq', 1, false)`);
    await erase('acme');
    await imported(world.operator, file);
    await world.asTenant(
      'acme',
      `insert into task_research_provenance (task_id, queries, findings_count, confidence) values ('t', '[]', 0, 1)`,
    );
    const { appendNodes, asTenant, nodeAfter } = migrationTests;
    await asTenant(world.administrator, 'acme', async () => {
      const { rows } = await world.administrator.query(
        `select seq::integer as seq, hash_chain from caws_provenance_graph
         where tenant_id = 'acme' order by seq desc limit 1`,
      );
      await appendNodes(world.administrator, nodeAfter(rows[0] as never, { tenant_id: 'acme' }));
    });
    await erase('acme');
    await imported(world.operator, file);
  });

  it('is not merged with rows that are there', async () => {
    await expect(imported(world.operator, file)).rejects.toMatchObject({ code: 'TENANT_EXISTS' });
    await expect(contentsOf('acme')).resolves.toEqual(before);
  });

  it('is imported once by two at the same moment', async () => {
    await erase('acme');
    const results = await Promise.allSettled([
      imported(world.operator, file),
      imported(world.operator, file),
    ]);
    expect(results.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
    expect(results.find(({ status }) => status === 'rejected')).toMatchObject({
      reason: { code: expect.stringMatching(/^(?:TENANT_EXISTS|IMPORT_REFUSED)$/) as string },
    });
    await expect(contentsOf('acme')).resolves.toEqual(before);
  });

  it('is what the file says, also where a trigger would have it otherwise', async () => {
    await erase('acme');
    await world.administrator.query(`
      create function pg_temp.shout() returns trigger language plpgsql as $$
      begin new.description := upper(new.description); return new; end $$;
      create trigger shout before insert on task_queue for each row execute function pg_temp.shout()`);
    try {
      await expect(imported(world.operator, file)).rejects.toMatchObject({
        code: 'IMPORT_REFUSED',
        message: expect.stringContaining('task_queue') as string,
      });
    } finally {
      await world.administrator.query('drop trigger shout on task_queue');
    }
    await expect(contentsOf('acme')).resolves.toMatchObject({ tenants: [], task_queue: [] });
    await imported(world.operator, file);
  });

  it('needs the schema that it comes from', async () => {
    await erase('acme');
    const lines = linesOf(file);
    const { rows } = await world.administrator.query('select max(version) as last from __migrations__');
    await world.administrator.query(
      `update __migrations__ set checksum = repeat('0', 64) where version = $1`,
      [rows[0]?.['last']],
    );
    await expect(imported(world.operator, fileOf(lines))).rejects.toMatchObject({ code: 'SCHEMA_DIFFERS' });
    await world.administrator.query('alter table task_queue add column added integer');
    await expect(imported(world.operator, fileOf(lines))).rejects.toMatchObject({ code: 'SCHEMA_DIFFERS' });
  });
});
