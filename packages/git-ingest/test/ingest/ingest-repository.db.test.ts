import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ConnectionPoolManager, TenantTransaction } from '@agent-agency/db-core';
import { applicationManager, createTestTenants } from '@agent-agency/db-core/testing';
import { createLexicalHashEmbeddings } from '@agent-agency/hybrid-search';
import {
  createSigner,
  generateSigningKey,
  type ParentReference,
  type ProvenanceNodeRecord,
  readLog,
  verifyLog,
} from '@agent-agency/provenance';
import { connect, type SqlSession } from '@agent-agency/testing';
import { testDatabase } from '@agent-agency/testing/vitest';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { agentIdOf, ingestRepository, type IngestOptions, type IngestSummary } from '../../src/index.ts';
import { buildRepository, type CommitSpec } from '../../src/testing.ts';

const database = testDatabase();
const signer = createSigner(generateSigningKey().privateKeyPem);
let manager: ConnectionPoolManager;
let administrator: SqlSession;
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'git-ingest-'));
  administrator = await connect(database.url);
  manager = applicationManager(database);
});
afterAll(async () => {
  await manager.shutdown();
  await administrator.close();
  await rm(folder, { recursive: true, force: true });
});

const ada = { name: 'Ada Example', email: 'ada@example.com' };
const bo = { name: 'Bo Example', email: 'bo@example.com' };
const cy = { name: 'Cy Example', email: 'cy@example.com' };
const HISTORY: readonly CommitSpec[] = [
  { author: ada, message: 'feat(api): start', files: [{ path: 'packages/api/index.ts', content: '1' }] },
  { author: bo, message: 'fix(api): null check', files: [{ path: 'packages/api/index.ts', content: '2' }] },
  {
    author: cy,
    message:
      'docs: guide\n\nCo-authored-by: Bo Example <bo@example.com>\nReviewed-by: Ada Example <ada@example.com>\nConstitutional-Ref: CAWS:Section4.2',
    files: [{ path: 'docs/guide.md', content: '3' }],
  },
  { author: ada, message: 'Merge side', parents: [2, 1] },
];

let tenants = 0;
async function aTenant(): Promise<string> {
  tenants += 1;
  const id = `tenant-${String(tenants)}`;
  await createTestTenants(database, id);
  return id;
}

async function ingest(
  tenantId: string,
  path: string,
  more: Partial<IngestOptions> = {},
): Promise<IngestSummary> {
  return ingestRepository(manager, path, {
    tenantId,
    signer,
    embeddings: createLexicalHashEmbeddings(),
    ...more,
  });
}

/** Looks past row level security, through a client that shares no code with the one under test. */
async function rows(sql: string, ...values: string[]): Promise<Record<string, unknown>[]> {
  return (await administrator.query(sql, values)).rows;
}

async function logOf(tx: TenantTransaction): Promise<ProvenanceNodeRecord[]> {
  const nodes: ProvenanceNodeRecord[] = [];
  for await (const node of readLog(tx)) nodes.push(node);
  return nodes;
}

function referenceTo(node: ProvenanceNodeRecord | undefined): ParentReference | undefined {
  return node && { id: node.id, hash: node.hashChain };
}

const COUNTS = `
  select
    (select count(*)::integer from agent_profiles where tenant_id = $1) as agents,
    (select count(*)::integer from agent_capabilities_graph where tenant_id = $1) as capabilities,
    (select sum(demonstration_count)::integer from agent_capabilities_graph where tenant_id = $1) as demonstrations,
    (select count(*)::integer from entity_chunk_mappings where tenant_id = $1) as evidence,
    (select count(*)::integer from agent_relationships where tenant_id = $1) as relationships,
    (select count(*)::integer from caws_provenance_graph where tenant_id = $1) as nodes`;

describe('ingestRepository', () => {
  it('turns a history into agents, capabilities, relationships and a log that verifies', async () => {
    const tenantId = await aTenant();
    const { path } = await buildRepository(join(folder, 'history'), HISTORY);
    const summary = await ingest(tenantId, path);
    expect(summary).toMatchObject({ commitsRead: 4, commitsStored: 4, agentsCreated: 3 });
    // Bo meets Ada in packages/api/index.ts and Cy, as a co-author, in docs/guide.md.
    const pairs = await rows(
      `select source_agent_id, target_agent_id, cooccurrence_count from agent_relationships where tenant_id = $1`,
      tenantId,
    );
    const [idOfAda, idOfBo, idOfCy] = [ada, bo, cy].map(({ email }) => agentIdOf(email, tenantId));
    expect(pairs.map((row) => [row['source_agent_id'], row['target_agent_id']].sort())).toEqual(
      expect.arrayContaining([[idOfAda, idOfBo].sort(), [idOfBo, idOfCy].sort()]),
    );
    expect(pairs).toHaveLength(2);
    const report = await manager.withTenant({ tenantId }, (tx) => verifyLog(tx));
    expect(report).toMatchObject({ valid: true, checked: 4 });
  });

  it('records facts, trailers and constitutional references, and no e-mail address anywhere', async () => {
    const tenantId = await aTenant();
    const { path, commitIds } = await buildRepository(join(folder, 'facts'), HISTORY);
    await ingest(tenantId, path);
    const nodes = await manager.withTenant({ tenantId }, logOf);
    expect(nodes.map((node) => node.entityId)).toEqual(commitIds.map((id) => `git:${id}`));
    expect(nodes[2]?.constitutionalRefs).toEqual(['CAWS:Section4.2']);
    // A merge derives from both of its parents.
    expect(nodes.map(({ parents }) => parents)).toEqual(
      [[], [0], [1], [2, 1]].map((places) => places.map((place) => referenceTo(nodes[place]))),
    );
    const facts = JSON.parse(Buffer.from(nodes[2]?.content ?? []).toString()) as { trailers: unknown[] };
    expect(facts.trailers).toContainEqual({
      key: 'Reviewed-by',
      agent: agentIdOf(ada.email, tenantId),
      name: 'Ada Example',
    });
    for (const table of [
      'agent_profiles',
      'agent_capabilities_graph',
      'entity_chunk_mappings',
      'caws_provenance_graph',
    ]) {
      const leaks = await rows(
        `select 1 from ${table} as row where tenant_id = $1 and row::text like '%@example.com%'`,
        tenantId,
      );
      expect(leaks, table).toEqual([]);
    }
    const contents = nodes.map((node) => Buffer.from(node.content).toString()).join();
    expect(contents).not.toContain('@example.com');
  });

  it('adds nothing the second time, and what is new after that', async () => {
    const tenantId = await aTenant();
    const { path } = await buildRepository(join(folder, 'again'), HISTORY);
    await ingest(tenantId, path);
    const [before] = await rows(COUNTS, tenantId);
    expect(await ingest(tenantId, path)).toMatchObject({
      commitsRead: 4,
      commitsStored: 0,
      agentsCreated: 0,
      evidenceCreated: 0,
      relationshipsChanged: 0,
    });
    expect(await rows(COUNTS, tenantId)).toEqual([before]);

    const dee = { name: 'Dee', email: 'dee@example.com' };
    const longer = [
      ...HISTORY,
      { author: dee, message: 'test: more', files: [{ path: 'docs/guide.md', content: '4' }] },
    ];
    const grown = await buildRepository(join(folder, 'grown'), longer);
    expect(await ingest(tenantId, grown.path)).toMatchObject({ commitsStored: 1, agentsCreated: 1 });
    const [after] = await rows(COUNTS, tenantId);
    expect(after).toMatchObject({ agents: 4, nodes: 5 });
    expect(await manager.withTenant({ tenantId }, (tx) => verifyLog(tx))).toMatchObject({ valid: true });
  });

  it('gives the same counts in one go and in pieces', async () => {
    const commits = Array.from({ length: 60 }, (_, number): CommitSpec => {
      const author = [ada, bo, cy][number % 3] ?? ada;
      return {
        author,
        message: `fix: part ${String(number)}`,
        files: [{ path: `src/f${String(number % 7)}.ts`, content: String(number) }],
      };
    });
    const [whole, pieces] = [await aTenant(), await aTenant()];
    await ingest(whole, (await buildRepository(join(folder, 'whole'), commits)).path);
    for (const end of [7, 30, 60]) {
      await ingest(
        pieces,
        (await buildRepository(join(folder, `piece-${String(end)}`), commits.slice(0, end))).path,
      );
    }
    expect(await rows(COUNTS, pieces)).toEqual(await rows(COUNTS, whole));
    const figures = `select cooccurrence_count, mutual_information, pointwise_mutual_information, strength, confidence
      from agent_relationships where tenant_id = $1 order by 1, 2, 3`;
    expect(await rows(figures, pieces)).toEqual(await rows(figures, whole));
  });

  it('lets two runs at once store every commit once', async () => {
    const tenantId = await aTenant();
    const commits = Array.from({ length: 120 }, (_, number): CommitSpec => ({
      message: `add ${String(number)}`,
      files: [{ path: 'a.ts', content: String(number) }],
    }));
    const { path } = await buildRepository(join(folder, 'race'), commits);
    const summaries = await Promise.all([
      ingest(tenantId, path),
      ingest(tenantId, path),
      ingest(tenantId, path),
    ]);
    expect(summaries.reduce((sum, { commitsStored }) => sum + commitsStored, 0)).toBe(120);
    expect(await manager.withTenant({ tenantId }, (tx) => verifyLog(tx))).toMatchObject({
      valid: true,
      checked: 120,
    });
    const [counts] = await rows(COUNTS, tenantId);
    // 120 times TypeScript, the root folder, and adding.
    expect(counts).toMatchObject({ demonstrations: 360 });
  });

  it('keeps tenants apart, even for the same repository', async () => {
    const [one, other] = [await aTenant(), await aTenant()];
    const { path } = await buildRepository(join(folder, 'shared'), HISTORY);
    await ingest(one, path);
    await ingest(other, path);
    const ids = await rows(
      `select id from agent_profiles where tenant_id = $1 intersect select id from agent_profiles where tenant_id = $2`,
      one,
      other,
    );
    expect(ids).toEqual([]);
  });

  it('stores a commit of 100,000 files, and takes it for no collaboration', async () => {
    const tenantId = await aTenant();
    const files = function* () {
      for (let number = 0; number < 100_000; number += 1)
        yield { path: `d${String(number % 300)}/f${String(number)}.ts`, content: 'x' };
    };
    const { path } = await buildRepository(join(folder, 'bulk'), [
      { message: 'import everything', files: files() },
    ]);
    expect(await ingest(tenantId, path)).toMatchObject({ commitsStored: 1, relationshipsChanged: 0 });
    const contexts = await rows(`select 1 from agent_cooccurrences where tenant_id = $1`, tenantId);
    expect(contexts).toEqual([]);
  });

  it('stores names and messages that are not UTF-8, and empty messages', async () => {
    const tenantId = await aTenant();
    const latin1 = Buffer.from('fix: caf\xe9 \x01', 'latin1');
    const { path } = await buildRepository(join(folder, 'odd'), [
      { message: latin1, files: [{ path: Buffer.from('na\xefve/\xff.ts', 'latin1'), content: 'x' }] },
      { message: '', files: [{ path: 'a\nb\t"c".ts', content: 'y' }] },
    ]);
    expect(await ingest(tenantId, path)).toMatchObject({ commitsStored: 2 });
    expect(await manager.withTenant({ tenantId }, (tx) => verifyLog(tx))).toMatchObject({ valid: true });
  });

  it('stores nothing of a batch that fails, and goes on after it', async () => {
    const tenantId = await aTenant();
    const { path } = await buildRepository(join(folder, 'fails'), HISTORY);
    const faulty = { ...signer, sign: () => Promise.resolve(new Uint8Array(64)) };
    await expect(ingest(tenantId, path, { signer: faulty })).rejects.toMatchObject({ code: 'SIGNER_FAULTY' });
    const [counts] = await rows(COUNTS, tenantId);
    expect(counts).toMatchObject({ agents: 0, capabilities: 0, evidence: 0, nodes: 0 });
    expect(await ingest(tenantId, path)).toMatchObject({ commitsStored: 4 });
  });

  it('refuses what is no repository before it writes anything', async () => {
    const tenantId = await aTenant();
    await expect(ingest(tenantId, folder)).rejects.toMatchObject({ code: 'REPOSITORY_NOT_FOUND' });
    expect((await rows(COUNTS, tenantId))[0]).toMatchObject({ agents: 0, nodes: 0 });
  });

  it('reports how far it is', async () => {
    const tenantId = await aTenant();
    const { path } = await buildRepository(join(folder, 'progress'), HISTORY);
    const seen: unknown[] = [];
    await ingest(tenantId, path, { onProgress: (progress) => seen.push(progress) });
    expect(seen).toEqual([{ commitsRead: 4, commitsStored: 4, commitsTotal: 4 }]);
  });
});
