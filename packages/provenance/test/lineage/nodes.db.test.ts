import { testDatabase } from '@agent-agency/testing/vitest';
import { useApplication } from '@agent-agency/db-core/testing';
import type { TenantTransaction } from '@agent-agency/db-core';
import { withSession } from '@agent-agency/testing';
import { readFile } from 'node:fs/promises';
import { beforeAll, describe, expect, it } from 'vitest';
import { ancestry, appendNodes, findNode, getNode, type NodeKey, verifyLineage } from '../../src/index.ts';
import { testSigner } from '../fixtures/chain.ts';
import { nodeToAppend } from '../log/support/nodes.ts';
import { idOf, project } from './support/project.ts';
import { explain } from './support/readme-lineage.ts';
import { uuidOf } from './support/random-dags.ts';

const app = useApplication(testDatabase());
let [tenant, other] = ['', ''];

beforeAll(async () => {
  [tenant = '', other = ''] = await app.newTenants(2);
  await inLog((tx) => appendNodes(tx, Object.values(project), testSigner));
});

const inLog = <T>(work: (tx: TenantTransaction) => Promise<T>): Promise<T> => app.inTenant(tenant, work);

describe('getNode, findNode', () => {
  it('read a node by each of its names', async () => {
    const node = await inLog((tx) => getNode(tx, { id: idOf('verdict') }));
    expect(node).toMatchObject({
      entityId: 'verdict',
      parents: [{ id: idOf('gate') }, { id: idOf('spec') }],
    });
    expect(new TextDecoder().decode(node.content)).toBe('{"decision":"accept"}');
    const names: NodeKey[] = [{ seq: node.seq }, { entityType: 'verdict', entityId: 'verdict' }];
    for (const name of names) expect(await inLog((tx) => getNode(tx, name))).toEqual(node);
  });

  it.each<[string, NodeKey]>([
    ['id', { id: uuidOf('nobody') }],
    ['entity', { entityType: 'waiver', entityId: 'verdict' }],
    ['entity that is a pattern', { entityType: 'verdict', entityId: 'verd%' }],
    ['number', { seq: 1_000_000 }],
  ])('know no node of another %s', async (_, name) => {
    expect(await inLog((tx) => findNode(tx, name))).toBeUndefined();
    await expect(inLog((tx) => getNode(tx, name))).rejects.toMatchObject({
      code: 'NODE_NOT_FOUND',
      details: name,
    });
  });

  it('know no node of another tenant', async () => {
    expect(await app.inTenant(other, (tx) => findNode(tx, { id: idOf('verdict') }))).toBeUndefined();
  });

  it.each<[string, object]>([
    ['none', {}],
    ['two', { id: idOf('verdict'), seq: 1 }],
    ['half of one', { entityType: 'verdict' }],
    ['a number below the first', { seq: 0 }],
    ['NUL', { entityType: 'verdict', entityId: 'a\0b' }],
    ['a name of 256 characters', { entityType: 'verdict', entityId: 'x'.repeat(256) }],
  ])('refuse as a name: %s', async (_, name) => {
    await expect(inLog((tx) => getNode(tx, name as NodeKey))).rejects.toMatchObject({
      code: 'INVALID_INPUT',
    });
  });
});

describe('verifyLineage', () => {
  it('finds nothing in a log that only grew', async () => {
    expect(await inLog(verifyLineage)).toEqual({ valid: true, violationCount: 0, violations: [] });
  });

  it('finds every row that somebody has taken away, added or changed', async () => {
    const [bent = ''] = await app.newTenants(1);
    const nodes = ['a', 'b', 'c', 'd'].map((name, place) =>
      nodeToAppend({
        parents: place === 0 ? [] : [uuidOf('bent a')],
        id: uuidOf(`bent ${name}`),
        constitutionalRefs: ['CAWS:§7', 'CAWS:§7', `CAWS:${name}`],
        embedding: new Float32Array(768).fill(1),
      }),
    );
    const [a, b, c, d] = nodes.map(({ id }) => id);
    await app.inTenant(bent, (tx) => appendNodes(tx, nodes, testSigner));
    expect(await app.inTenant(bent, verifyLineage)).toMatchObject({ valid: true });
    await withSession(app.database.url, (session) =>
      session.query(`
        set session_replication_role = replica;
        delete from provenance_parents where node_id = '${b}';
        insert into provenance_parents (tenant_id, node_id, ordinal, parent_id) values ('${bent}', '${c}', 2, '${b}');
        update provenance_refs set seq = 9 where node_id = '${d}' and ref = 'CAWS:d';
        update provenance_embeddings set entity_type = 'waiver' where node_id = '${a}';
      `),
    );
    const report = await app.inTenant(bent, verifyLineage);
    expect(report).toMatchObject({ valid: false, violationCount: 5 });
    expect(report.violations).toHaveLength(5);
    expect(new Set(report.violations)).toEqual(
      new Set([
        { table: 'provenance_parents', nodeId: b, kind: 'missing' },
        { table: 'provenance_parents', nodeId: c, kind: 'unfounded' },
        { table: 'provenance_refs', nodeId: d, kind: 'missing' },
        { table: 'provenance_refs', nodeId: d, kind: 'unfounded' },
        { table: 'provenance_embeddings', nodeId: a, kind: 'unfounded' },
      ]),
    );
    expect(await inLog(verifyLineage)).toMatchObject({ valid: true });
  });

  it('cannot be told of parents that a node does not name: ancestry asks the nodes', async () => {
    const before = await inLog((tx) => ancestry(tx, { id: idOf('verdict') }));
    await withSession(app.database.url, (session) =>
      session.query(`
        set session_replication_role = replica;
        delete from provenance_parents where tenant_id = '${tenant}';
      `),
    );
    expect(before.nodes).toHaveLength(5);
    expect(await inLog((tx) => ancestry(tx, { id: idOf('verdict') }))).toEqual(before);
    expect(await inLog(verifyLineage)).toMatchObject({ valid: false });
  });
});

describe('README.md, of lineage', () => {
  const read = (path: string) => readFile(new URL(path, import.meta.url), 'utf8');
  it('shows the example as it is', async () => {
    const example = (await read('support/readme-lineage.ts')).replaceAll(/^export /gm, '');
    expect(await read('../../README.md')).toContain(`\`\`\`ts\n${example}\`\`\``);
  });
  it('shows an example that runs', async () => {
    const spec = nodeToAppend({ entityType: 'spec' });
    const waiver = nodeToAppend({ entityType: 'waiver', parents: [spec.id] });
    const verdict = nodeToAppend({
      entityId: 'VERDICT-001',
      parents: [waiver.id],
      constitutionalRefs: ['CAWS:Section4.2'],
    });
    await app.inTenant(other, (tx) => appendNodes(tx, [spec, waiver, verdict], testSigner));
    const explained = await app.inTenant(other, explain);
    expect(explained.map(({ id }) => id)).toEqual([spec.id, waiver.id, verdict.id]);
  });
});
