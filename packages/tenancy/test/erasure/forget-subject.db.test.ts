import { useApplication } from '@agent-agency/db-core/testing';
import { testDatabase } from '@agent-agency/testing/vitest';
import { sql } from 'kysely';
import { beforeAll, describe, expect, it } from 'vitest';
import { createLocalFileKeys } from '../../src/encryption/local-file-keys.ts';
import type { Place } from '../../src/encryption/stored-value.ts';
import {
  createSubjectCipher,
  type OpenedForSubject,
  type SubjectValue,
} from '../../src/encryption/subject-cipher.ts';
import type { SealedForSubject } from '../../src/encryption/subject-value.ts';
import { TenantKeyRing } from '../../src/encryption/tenant-key-ring.ts';
import { concludeErasure } from '../../src/erasure/conclude-erasure.ts';
import type { Erasure } from '../../src/erasure/erase-tenant.ts';
import { forgetSubject } from '../../src/erasure/forget-subject.ts';
import { hashSubject } from '../../src/erasure/hash-subject.ts';
import { verifyReceipt } from '../../src/erasure/receipt.ts';
import { LOOKS_LIKE_A_SUBJECT, RETAINED_TEXT, SUBJECT_COLUMNS } from '../../src/erasure/subject-columns.ts';
import { listTenantTables } from '../../src/transfer/tenant-tables.ts';
import { untilSomebodyWaits, useFolders } from '../encryption/support/encrypted-tenants.ts';
import { makeSigner } from '../transfer/support/signer.ts';
import { migrationTests, useWorld, type Node } from '../transfer/support/world.ts';

const database = testDatabase();
const world = useWorld(database);
const app = useApplication(database);
const folders = useFolders();
let keyRing: TenantKeyRing;

beforeAll(async () => {
  keyRing = new TenantKeyRing(createLocalFileKeys(await folders.newFolder()));
});

const forget = (tenantId: string, subjectId: string, reason = 'asked for it'): Promise<Erasure> =>
  world.operator.withSystem('tests', (tx) => forgetSubject(tx, { tenantId, subjectId, reason }));

let count = 0;
async function newTenant(): Promise<string> {
  const tenant = `home-${++count}`;
  await world.fill(tenant);
  return tenant;
}

/** The end of a tenant's log. */
async function lastNode(tenant: string): Promise<Node> {
  const { rows } = await world.administrator.query(
    `select seq::integer as seq, hash_chain from caws_provenance_graph
     where tenant_id = $1 order by seq desc limit 1`,
    [tenant],
  );
  return rows[0] as unknown as Node;
}

async function embeddedNodes(tenant: string): Promise<unknown[]> {
  const { rows } = await world.administrator.query(
    'select node_id from provenance_embeddings where tenant_id = $1 order by 1',
    [tenant],
  );
  return rows.map(({ node_id }) => node_id);
}

const sealFor = (tenant: string, value: SubjectValue): Promise<SealedForSubject> =>
  app.inTenant(tenant, (tx) => createSubjectCipher(tx, keyRing).seal(value));
const opened = (tenant: string, place: Place, sealed: SealedForSubject): Promise<OpenedForSubject> =>
  app.inTenant(tenant, (tx) => createSubjectCipher(tx, keyRing).open(place, sealed));

/** Tables in which one of a tenant's rows has a text somewhere. */
async function whereIs(tenant: string, text: string): Promise<string[]> {
  const tables = await world.operator.withSystem('tests', listTenantTables);
  const found: string[] = [];
  for (const { name, sqlName, tenantColumn } of tables) {
    const { rows } = await world.administrator.query(
      `select from ${sqlName} as item where ${tenantColumn} = $1 and position($2 in item::text) > 0 limit 1`,
      [tenant, text],
    );
    if (rows.length > 0) found.push(name);
  }
  return found;
}

/** A row in every column that can name somebody. */
async function nameEverywhere(tenant: string, subject: string): Promise<void> {
  for (const [table, columns] of Object.entries(SUBJECT_COLUMNS)) {
    for (const [column, fate] of Object.entries(columns)) {
      if (fate !== 'clear' && fate !== 'clear text') continue;
      await world.administrator.query(`begin`);
      await world.administrator.query(`alter table ${table} disable trigger user`);
      await world.administrator.query(`update ${table} set ${column} = $2 where tenant_id = $1`, [
        tenant,
        fate === 'clear' ? subject : `Committed by ${subject}`,
      ]);
      await world.administrator.query(`alter table ${table} enable trigger user`);
      await world.administrator.query(`commit`);
    }
  }
  await world.asTenant(
    tenant,
    `insert into graph_search_sessions (query_hash, query_text, search_type, execution_time_ms, user_id)
     values (repeat('a', 64), 'a private question', 'text', 1, left($1, 100))`,
    [subject],
  );
  await world.asTenant(
    tenant,
    `insert into audit_log (table_name, operation, old_values, new_values) values ('x', 'UPDATE', $1::text::jsonb, $2::text::jsonb)`,
    [JSON.stringify({ by: subject }), JSON.stringify({ list: [subject], other: 1 })],
  );
}

describe.skipIf(database.kind === 'pglite')('forgetSubject', () => {
  it('takes an agent out of every table, with what refers to it', async () => {
    const tenant = await newTenant();
    const subject = `${tenant} agent 1`;
    await nameEverywhere(tenant, subject);
    await world.embed(tenant);
    const before = await whereIs(tenant, subject);
    expect(before.length).toBeGreaterThan(20);
    const erasure = await forget(tenant, subject);
    await expect(whereIs(tenant, subject)).resolves.toEqual([]);
    expect(erasure).toMatchObject({ kind: 'subject', complete: true, retained: [] });
    const deleted = Object.fromEntries(erasure.tables.map((it) => [it.table, it.deleted]));
    expect(deleted).toMatchObject({
      ...{ agent_profiles: 1, agent_relationships: 1, entity_chunk_mappings: 1, entity_similarity_cache: 1 },
      ...{ knowledge_queries: 1, search_results: 1, graph_search_sessions: 1, audit_log: 0, task_queue: 0 },
    });
    expect(erasure.redacted).toContainEqual({
      where: 'audit_log.old_values, new_values',
      rows: expect.any(Number) as number,
    });
    expect(erasure.redacted).toContainEqual({ where: 'benchmark_datasets.created_by', rows: 1 });
    const { rows } = await world.administrator.query(
      `select tenant_id from hybrid_search_materialized where tenant_id = $1 and (id = $2 or parent_id = $2)`,
      [tenant, subject],
    );
    expect(rows).toEqual([]);
  });

  it('leaves whoever has a longer name, or the same in another tenant', async () => {
    const [tenant, other] = [await newTenant(), await newTenant()];
    for (const [owner, id] of [
      [tenant, `${tenant} agent 10`],
      [other, `${tenant} agent 1`],
    ] as const)
      await world.asTenant(
        owner,
        `insert into agent_profiles (id, name, model_family) values ($1, $1, 'human')`,
        [id],
      );
    const erasure = await forget(tenant, `${tenant} agent 1`);
    expect(erasure.complete).toBe(true);
    await expect(whereIs(tenant, `${tenant} agent 10`)).resolves.toEqual(['agent_profiles']);
    await expect(whereIs(other, `${tenant} agent 1`)).resolves.toEqual(['agent_profiles']);
    await expect(whereIs(tenant, `${tenant} agent 2`)).resolves.toContain('agent_capabilities_graph');
  });

  it('lists what an append-only log and free text still say, and is not complete', async () => {
    const tenant = await newTenant();
    const subject = 'ada"\\@example.org';
    await world.asTenant(tenant, 'update task_queue set task_metadata = $1::text::jsonb', [
      JSON.stringify({ asked: [`for ${subject}`] }),
    ]);
    const { appendNodes, asTenant, nodeAfter } = migrationTests;
    const node = nodeAfter(await lastNode(tenant), {
      tenant_id: tenant,
      content: Buffer.from(JSON.stringify({ by: subject })),
    });
    await asTenant(world.administrator, tenant, () => appendNodes(world.administrator, node));
    const erasure = await forget(tenant, subject);
    expect(erasure.complete).toBe(false);
    expect(erasure.retained).toEqual([
      expect.objectContaining({ where: 'caws_provenance_graph.content', rows: 1 }),
      expect.objectContaining({ where: 'caws_provenance_graph.metadata', rows: 1 }),
      { where: 'task_queue.task_metadata', rows: 1, reason: RETAINED_TEXT },
    ]);
    const receipt = await concludeErasure(erasure, {
      keys: { destroy: () => Promise.reject(new Error('no')) },
    });
    expect(receipt.body).toMatchObject({ complete: false, key: { state: 'none' } });
  });

  it('gives a receipt that names the subject to whoever knows it', async () => {
    const tenant = await newTenant();
    const [subject, signer] = [`${tenant} agent 2`, makeSigner()];
    const receipt = await concludeErasure(await forget(tenant, subject), { signer });
    expect(JSON.stringify(receipt)).not.toContain(subject);
    expect(receipt.body.subjectSha256).toBe(hashSubject(tenant, subject));
    expect(receipt.body.subjectSha256).not.toBe(hashSubject('another', subject));
    expect(verifyReceipt(receipt, signer.publicKey)).toBe(true);
  });

  it('takes what is written meanwhile', async () => {
    const tenant = await newTenant();
    const subject = 'grace';
    let forgetting: Promise<Erasure> | undefined;
    await migrationTests.asTenant(world.application, tenant, async () => {
      await world.application.query(
        `insert into knowledge_queries (query_text, query_type, requester_id, priority, max_results, relevance_threshold)
         values ('x', 'explanatory', $1, 5, 10, 0.5)`,
        [subject],
      );
      forgetting = forget(tenant, subject);
      for (let isWaiting = false; !isWaiting;) {
        const { rows } = await world.administrator.query(
          `select from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()`,
        );
        isWaiting = rows.length > 0;
      }
    });
    await expect(forgetting).resolves.toMatchObject({ complete: true });
    await expect(whereIs(tenant, subject)).resolves.toEqual([]);
  });

  it('destroys its key, and the vectors of what that has sealed', async () => {
    const tenant = await newTenant();
    const { appendNodes, asTenant, nodeAfter } = migrationTests;
    const [place, subjectId] = [{ table: 'caws_provenance_graph', column: 'content', row: '1' }, 'lin'];
    const reviewer = await sealFor(tenant, { place, subjectId, value: { name: 'Lin', id: subjectId } });
    const node = nodeAfter(await lastNode(tenant), {
      tenant_id: tenant,
      content: Buffer.from(JSON.stringify({ decision: 'accept', reviewer })),
    });
    await asTenant(world.administrator, tenant, () => appendNodes(world.administrator, node));
    await world.administrator.query(
      `insert into provenance_embeddings (tenant_id, node_id, embedding)
       values ($1, $2, array_fill(0.1::real, array[768])::vector)`,
      [tenant, node.id],
    );
    const before = await embeddedNodes(tenant);
    expect(before.length).toBeGreaterThan(1);
    const erasure = await forget(tenant, subjectId);
    expect(erasure).toMatchObject({ complete: true, retained: [], subjectKeys: 1 });
    expect(erasure.tables).toContainEqual(
      expect.objectContaining({ table: 'provenance_embeddings', deleted: 1 }),
    );
    await expect(embeddedNodes(tenant)).resolves.toEqual(before.filter((id) => id !== node.id));
    await expect(opened(tenant, place, reviewer)).resolves.toEqual({ state: 'destroyed' });
    await expect(forget(tenant, subjectId)).resolves.toMatchObject({ subjectKeys: 0 });
  });

  it.each(['first', 'once more'])('waits for who seals for it %s, and then writes', async (when) => {
    const tenant = await newTenant();
    const input = { subjectId: 'lin', place: { table: 'x', column: 'y', row: '1' }, value: 'private' };
    if (when !== 'first') await sealFor(tenant, input);
    const [sealed, proceed] = [Promise.withResolvers<undefined>(), Promise.withResolvers<undefined>()];
    const writing = app.inTenant(tenant, async (tx) => {
      const value = await createSubjectCipher(tx, keyRing).seal(input);
      sealed.resolve(undefined);
      await proceed.promise;
      await sql`
        insert into knowledge_queries (query_text, query_type, requester_id, priority, max_results, relevance_threshold)
        values ('x', 'explanatory', 'somebody', 5, 10, 0.5)
      `.execute(tx);
      return value;
    });
    await sealed.promise;
    const forgetting = forget(tenant, 'lin');
    await untilSomebodyWaits(app);
    proceed.resolve(undefined);
    const [value, erasure] = await Promise.all([writing, forgetting]);
    expect(erasure).toMatchObject({ complete: true, subjectKeys: 1 });
    await expect(opened(tenant, input.place, value)).resolves.toEqual({ state: 'destroyed' });
  });

  it('changes nothing for somebody who was never there', async () => {
    const tenant = await newTenant();
    const erasure = await forget(tenant, 'a stranger');
    expect(erasure.complete).toBe(true);
    expect(erasure.tables.filter(({ deleted }) => deleted > 0)).toEqual([]);
    expect(erasure.redacted.filter(({ rows }) => rows > 0)).toEqual([]);
  });

  it.each([
    ['nobody', 'x', 'y', 'TENANT_NOT_FOUND'],
    ['home-1', '', 'y', 'INVALID_INPUT'],
    ['home-1', 'x'.repeat(256), 'y', 'INVALID_INPUT'],
    ['home-1', 'ada', '', 'INVALID_INPUT'],
    ['home-1', 'ada', 'ada asked for it', 'INVALID_INPUT'],
  ])('refuses %j %j %j', async (tenant, subject, reason, code) => {
    await expect(forget(tenant, subject, reason)).rejects.toMatchObject({ code });
  });
});

describe.skipIf(database.kind === 'pglite')('SUBJECT_COLUMNS', () => {
  let columns: string[] = [];
  let references: string[] = [];
  beforeAll(async () => {
    const tables = await world.operator.withSystem('tests', listTenantTables);
    columns = tables.flatMap((table) => table.columns.map((column) => `${table.name}.${column.name}`));
    const { rows } = await world.administrator.query(`
      select conrelid::regclass || '.' || attname as name
      from pg_constraint join pg_attribute on attrelid = conrelid and attnum = any(conkey)
      where contype = 'f' and confrelid = 'agent_profiles'::regclass and attname <> 'tenant_id'`);
    references = rows.map(({ name }) => String(name));
  });
  const known = Object.entries(SUBJECT_COLUMNS).flatMap(([table, fates]) =>
    Object.keys(fates).map((column) => `${table}.${column}`),
  );

  it('has every column that looks as if it named somebody, or refers to an agent', () => {
    const likely = columns.filter((name) => LOOKS_LIKE_A_SUBJECT.test(name.replace(/^.*\./, '')));
    expect([...likely, ...references].filter((name) => !known.includes(name))).toEqual([]);
    expect(references.length).toBeGreaterThan(5);
  });

  it('has no column that is not there', () => {
    expect(known.filter((name) => !columns.includes(name))).toEqual([]);
  });
});
