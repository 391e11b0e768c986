import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createTestTenants, useApplication } from '@agent-agency/db-core/testing';
import { testDatabase } from '@agent-agency/testing/vitest';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  admitKey,
  appendNodes,
  type BundleRequest,
  type BundleTrust,
  checkpoint,
  cosignCheckpoint,
  exportBundle,
  parseBundle,
  parseNote,
  revokeKey,
  type Signer,
  verifyBundle,
} from '../../src/index.ts';
import { keepCosignature } from '../../src/tree/cosignatures.ts';
import { witnessKey, witnessName, witnessSigner } from '../checkpoint/log.ts';
import { nodesToAppend, nodeToAppend } from '../log/support/nodes.ts';
import { administer } from '../tree/support/administer.ts';
import { local, root, successor } from './bundled-log.ts';
import { examine, hand } from './support/readme-bundle.ts';
import { judgeIndependently, runsPython, written } from './judge-independently.ts';

const app = useApplication(testDatabase());
const deployment = 'log.example.com';

const [spec, gate, waiver, verdict, late] = [
  randomUUID(),
  randomUUID(),
  randomUUID(),
  randomUUID(),
  randomUUID(),
];
let tenant = '';
let trust: BundleTrust = { origin: '', keys: [root], witnesses: [witnessKey] };

const append = (nodes: Parameters<typeof appendNodes>[1], signer: Signer) =>
  app.inTenant(tenant, (tx) => appendNodes(tx, nodes, signer));
const exported = (request: BundleRequest, of = tenant) => app.inTenant(of, (tx) => exportBundle(tx, request));
const seqsOf = (bundle: string) => parseBundle(bundle).nodes.map(({ seq }) => seq);
const sign = (signer: Signer) => app.inTenant(tenant, (tx) => checkpoint(tx, { deployment, signer }));
const keyNode = (content: Awaited<ReturnType<typeof admitKey>>, ...parents: string[]) =>
  nodeToAppend({ entityType: 'key', content, parents });

async function cosign(note: string, size: number): Promise<void> {
  const { text } = parseNote(note);
  const line = await cosignCheckpoint(text, { name: witnessName, signer: witnessSigner, seconds: 1 });
  await app.inTenant(tenant, (tx) => keepCosignature(tx, size, line));
}

/** A log over more than a tile, in which keys come and go, with a checkpoint that was cosigned and one that was not. */
beforeAll(async () => {
  tenant = await app.newTenant();
  trust = { ...trust, origin: `${deployment}/${tenant}` };
  const lost = {
    tenantId: tenant,
    keyId: local.keyId,
    fromSeq: 267,
    reason: 'lost',
    authorities: [successor],
  };
  await append([nodeToAppend({ id: spec, entityType: 'spec' })], root);
  await append(
    [keyNode(await admitKey({ tenantId: tenant, key: local, purposes: ['nodes'], authorities: [root] }))],
    root,
  );
  await append(
    [
      nodeToAppend({ id: gate, entityType: 'gate', parents: [spec] }),
      ...nodesToAppend(260),
      nodeToAppend({ id: waiver, entityType: 'waiver', parents: [spec] }),
    ],
    local,
  );
  await append(
    [
      keyNode(
        await admitKey({ tenantId: tenant, key: successor, replaces: root.keyId, authorities: [root] }),
      ),
    ],
    root,
  );
  await append([nodeToAppend({ id: verdict, parents: [gate, waiver] })], successor);
  const made = await sign(successor);
  await cosign(made?.note ?? '', made?.size ?? 0);
  await append(
    [keyNode(await revokeKey(lost), gate), nodeToAppend({ id: late, parents: [verdict] })],
    successor,
  );
  await sign(successor);
  await append([nodeToAppend()], successor);
});

describe('exportBundle', () => {
  it('gives what verifies without a database, in ours and in the independent verifier', async () => {
    const ids = [late];
    const bundle = await exported({ ids, withAncestry: true });
    expect(seqsOf(bundle)).toEqual([1, 2, 3, 264, 265, 266, 267, 268]);
    const held = { ...trust, quorum: 0, ids, withAncestry: true };
    const ours = verifyBundle(bundle, held);
    expect(ours).toMatchObject({ ok: true, checkpoint: { size: 268 }, unseenParents: [] });
    if (runsPython) expect(judgeIndependently([[bundle, held]])).toEqual([written(ours)]);
  });

  it('gives only the nodes that are asked for and the history of the keys, with what that derives from', async () => {
    const bundle = await exported({ ids: [waiver, spec, spec] });
    expect(seqsOf(bundle)).toEqual([1, 2, 3, 264, 265, 267]);
    const without = await exported({ ids: [late] });
    expect(verifyBundle(without, { ...trust, quorum: 0 })).toMatchObject({
      ok: true,
      unseenParents: [{ id: verdict, child: { id: late } }],
    });
  });

  it('takes the largest checkpoint that has the cosignatures, and of the keys what was there by then', async () => {
    const bundle = await exported({ ids: [verdict], withAncestry: true, cosignatures: 1 });
    expect(seqsOf(bundle)).toEqual([1, 2, 3, 264, 265, 266]);
    expect(verifyBundle(bundle, trust)).toMatchObject({
      ok: true,
      checkpoint: { size: 266 },
      cosignatures: [{ name: witnessKey.name }],
    });
    expect(verifyBundle(await exported({ ids: [verdict] }), trust)).toMatchObject({
      ok: false,
      faults: [{ reason: 'quorum-missed' }],
    });
  });

  it('shows what was revoked meanwhile', async () => {
    const id = randomUUID();
    await append([nodeToAppend({ id })], local);
    await sign(successor);
    const bundle = await exported({ ids: [id] });
    expect(verifyBundle(bundle, { ...trust, quorum: 0 })).toMatchObject({
      ok: false,
      faults: [{ reason: 'revoked-key', id }],
    });
  });

  it('refuses what is no request, with every problem', async () => {
    await expect(exported({ ids: ['x', 7 as never], cosignatures: -1 })).rejects.toMatchObject({
      code: 'INVALID_INPUT',
      details: { problems: 3 },
    });
    await expect(exported({ ids: [] })).rejects.toMatchObject({ code: 'INVALID_INPUT' });
  });

  it('refuses nodes that the log does not have, those of other tenants among them', async () => {
    const other = await app.newTenant();
    await expect(exported({ ids: [spec, randomUUID()] })).rejects.toMatchObject({ code: 'NODE_NOT_FOUND' });
    await expect(exported({ ids: [spec] }, other)).rejects.toMatchObject({ code: 'NODE_NOT_FOUND' });
  });

  it('refuses nodes that no checkpoint covers, or none with as many cosignatures', async () => {
    const id = randomUUID();
    await append([nodeToAppend({ id })], successor);
    for (const request of [{ ids: [id] }, { ids: [late], cosignatures: 1 }])
      await expect(exported(request)).rejects.toMatchObject({ code: 'CHECKPOINT_MISSING' });
  });

  it('hands out nothing of a node or a tree that was changed', async () => {
    const change = (what: string) => administer(app.database.url, what);
    const where = `where tenant_id = '${tenant}'`;
    await change(
      `update provenance_tiles set hashes = set_byte(hashes, 40, get_byte(hashes, 40) # 1) ${where}`,
    );
    await expect(exported({ ids: [spec] })).rejects.toMatchObject({ code: 'TREE_CORRUPT' });
    await change(`update caws_provenance_graph set description = 'forged' ${where} and id = '${gate}'`);
    await expect(exported({ ids: [spec] })).rejects.toMatchObject({
      code: 'LOG_CORRUPT',
      details: { seq: 3 },
    });
  });

  it('reads nothing of what is too large for a bundle', async () => {
    const large = await app.newTenant();
    await administer(
      app.database.url,
      `insert into caws_provenance_graph (
         tenant_id, id, seq, entity_type, entity_id, previous_hash, hash_chain, signing_key_id, signature, content
       )
       select
         '${large}', md5(seq::text)::uuid, seq, 'gate', seq, case when seq > 1 then repeat('0', 64) end, repeat('0', 64), 'none',
         repeat('A', 86) || '==', convert_to(repeat('0', 1048576), 'UTF8')
       from generate_series(1, 64) as node (seq)`,
    );
    const ids = await app.inTenant(large, (tx) =>
      tx.selectFrom('caws_provenance_graph').select('id').where('tenant_id', '=', large).execute(),
    );
    await expect(exported({ ids: ids.map(({ id }) => id) }, large)).rejects.toMatchObject({
      code: 'BUNDLE_INVALID',
      details: { nodes: 64 },
    });
  });
});

describe('README.md, of bundles', () => {
  it('shows an example as it is, that runs', async () => {
    const read = (path: string) => readFile(new URL(path, import.meta.url), 'utf8');
    const example = (await read('support/readme-bundle.ts')).replaceAll(/^export /gm, '');
    expect(await read('../../README.md')).toContain(`\`\`\`ts\n${example}\`\`\``);

    tenant = 'acme';
    await createTestTenants(app.database, tenant);
    const id = randomUUID();
    await append([nodeToAppend({ id })], root);
    const made = await sign(root);
    await cosign(made?.note ?? '', 1);
    const bundle = await hand(app.manager, id);
    expect(examine(bundle, id, [root])).toMatchObject({ ok: true, nodes: [{ id }] });
    expect(examine(bundle, randomUUID(), [root])).toMatchObject({ ok: false });
  });
});
