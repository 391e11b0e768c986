import { readFile } from 'node:fs/promises';
import { createTestTenants, useApplication } from '@agent-agency/db-core/testing';
import { withSession } from '@agent-agency/testing';
import { testDatabase } from '@agent-agency/testing/vitest';
import { describe, expect, it, vi } from 'vitest';
import {
  appendNodes,
  checkpoint,
  type CheckpointOptions,
  formatVerifierKey,
  latestCheckpoint,
  listCheckpoints,
  logLeafHash,
  parseCheckpoint,
  parseNote,
  proveConsistencyBetween,
  proveInclusionOf,
  rootOf,
  type Signer,
  verifyCheckpoint,
  verifyConsistency,
  verifyInclusion,
} from '../../src/index.ts';
import { logKeyOf } from '../checkpoint/log.ts';
import { otherSigner, testSigner } from '../fixtures/chain.ts';
import { nodesToAppend, storedLog } from '../log/support/nodes.ts';
import { administer, fabricateNodes, rewindLog } from './support/administer.ts';
import { keepCheckpoints } from './support/keep-checkpoints.ts';
import { deployment, newWitness } from './support/test-witness.ts';
import { serveWitness, withServer } from './support/witness-server.ts';

const app = useApplication(testDatabase());
const completeTrees = 'select app.complete_provenance_trees()';

/** A signer, and how often it was asked. */
function countingSigner() {
  const sign = vi.fn<Signer['sign']>((payload) => testSigner.sign(payload));
  return { signer: { ...testSigner, sign }, sign };
}

/** A log of nodes that nobody has signed, which appending goes on from. */
async function newLog(length: number): Promise<string> {
  const tenant = await app.newTenant();
  await change(fabricateNodes(tenant, { from: 1, to: length, word: tenant }), completeTrees);
  return tenant;
}

const grow = (tenant: string, count: number) =>
  app.inTenant(tenant, (tx) => appendNodes(tx, nodesToAppend(count), testSigner));
const make = (tenant: string, options: Partial<CheckpointOptions> = {}) =>
  app.inTenant(tenant, (tx) => checkpoint(tx, { deployment, signer: testSigner, ...options }));
/** Until so many sessions wait for a lock. */
async function untilSomeWait(count: number): Promise<void> {
  await withSession(app.database.url, (session) =>
    vi.waitUntil(
      async () => {
        const { rows } = await session.query(
          `select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
        );
        return rows.length >= count;
      },
      { timeout: 10_000, interval: 10 },
    ),
  );
}

const change = (...statements: string[]) => administer(app.database.url, ...statements);

describe('checkpoint', () => {
  it('signs the log as it is, and keeps what it signed', async () => {
    const tenant = await app.newTenant();
    await grow(tenant, 3);
    const made = await make(tenant);
    const origin = `${deployment}/${tenant}`;
    const leaves = (await app.inTenant(tenant, storedLog)).map(({ hashChain }) => logLeafHash(hashChain));
    expect(made).toMatchObject({ origin, size: 3, root: rootOf(leaves), cosignedBy: [] });
    const verdict = verifyCheckpoint(made?.note ?? '', { origin, logKeys: [logKeyOf(testSigner, origin)] });
    expect(verdict).toMatchObject({ ok: true, checkpoint: { origin, size: 3, root: rootOf(leaves) } });
    expect(await app.inTenant(tenant, latestCheckpoint)).toEqual(made);
  });

  it('is what proofs are held against, as the log grows over tiles', async () => {
    const tenant = await newLog(255);
    await make(tenant);
    for (const count of [1, 1, 255, 100]) {
      await grow(tenant, count);
      await make(tenant);
    }
    const { checkpoints } = await app.inTenant(tenant, (tx) => listCheckpoints(tx));
    expect(checkpoints.map(({ size }) => size)).toEqual([612, 512, 257, 256, 255]);
    const roots = new Map(
      checkpoints
        .map(({ note }) => parseCheckpoint(parseNote(note).text))
        .map(({ size, root }) => [size, root]),
    );
    const rootOfSize = (size: number) => roots.get(size) ?? new Uint8Array();
    for (const size of roots.keys()) {
      const included = await app.inTenant(tenant, (tx) => proveInclusionOf(tx, { seq: 200, size }));
      expect(verifyInclusion({ ...included, root: rootOfSize(size) })).toEqual({ ok: true });
      const { proof } = await app.inTenant(tenant, (tx) => proveConsistencyBetween(tx, 255, size));
      const claim = {
        oldSize: 255,
        newSize: size,
        oldRoot: rootOfSize(255),
        newRoot: rootOfSize(size),
        proof,
      };
      expect(verifyConsistency(claim)).toEqual({ ok: true });
    }
  });

  it('is made when there is anything new, and only then', async () => {
    const tenant = await app.newTenant();
    expect(await make(tenant)).toBeUndefined();
    await grow(tenant, 1);
    expect(await make(tenant)).toMatchObject({ size: 1 });
    expect(await make(tenant)).toBeUndefined();
    await grow(tenant, 1);
    expect(await make(tenant)).toMatchObject({ size: 2 });
  });

  it('is made by count, or by time, or by either', async () => {
    const tenant = await newLog(2);
    expect(await make(tenant, { ifNewNodes: 3 })).toBeUndefined();
    expect(await make(tenant, { ifNewNodes: 2 })).toMatchObject({ size: 2 });
    await grow(tenant, 2);
    const { createdAt } = (await app.inTenant(tenant, latestCheckpoint)) ?? { createdAt: new Date(NaN) };
    const after = (ms: number) => () => createdAt.getTime() + ms;
    expect(await make(tenant, { ifOlderThanMs: 60_000, clock: after(59_999) })).toBeUndefined();
    expect(
      await make(tenant, { ifOlderThanMs: 60_000, ifNewNodes: 3, clock: after(59_999) }),
    ).toBeUndefined();
    expect(await make(tenant, { ifOlderThanMs: 60_000, ifNewNodes: 3, clock: after(60_000) })).toMatchObject({
      size: 4,
    });
    expect(await make(tenant, { ifOlderThanMs: 0, clock: after(1e12) })).toBeUndefined();
    await grow(tenant, 3);
    expect(await make(tenant, { ifOlderThanMs: 60_000, ifNewNodes: 3, clock: after(0) })).toMatchObject({
      size: 7,
    });
  });

  it('is made by time when there is none yet', async () => {
    const tenant = await newLog(1);
    expect(await make(tenant, { ifNewNodes: 9 })).toBeUndefined();
    expect(await make(tenant, { ifNewNodes: 9, ifOlderThanMs: 60_000 })).toMatchObject({ size: 1 });
  });

  it.each(['read committed', 'repeatable read'] as const)(
    'is made by one of many at the same time, in %s: the others sign nothing',
    async (isolationLevel) => {
      const tenant = await newLog(5);
      const sign = vi.fn<Signer['sign']>((payload) => testSigner.sign(payload));
      // The first one signs only when the others have come as far as they can.
      sign.mockImplementationOnce(async (payload) => {
        await untilSomeWait(2);
        return testSigner.sign(payload);
      });
      const made = await Promise.all(
        Array.from({ length: 3 }, () =>
          app.manager.withTenant(
            { tenantId: tenant },
            (tx) => checkpoint(tx, { deployment, signer: { ...testSigner, sign } }),
            { isolationLevel, attempts: 3 },
          ),
        ),
      );
      expect(made.filter((record) => record !== undefined)).toHaveLength(1);
      const { checkpoints } = await app.inTenant(tenant, (tx) => listCheckpoints(tx));
      expect(checkpoints).toMatchObject([{ size: 5 }]);
      if (isolationLevel === 'read committed') expect(sign).toHaveBeenCalledTimes(1);
    },
  );

  it('holds nobody up who appends', async () => {
    const tenant = await newLog(1);
    const signer: Signer = {
      ...testSigner,
      sign: async (payload) => {
        await app
          .managerAs('agent_agency_app')
          .withTenant({ tenantId: tenant }, (tx) => appendNodes(tx, nodesToAppend(1), otherSigner), {
            lockTimeoutMs: 5000,
          });
        return testSigner.sign(payload);
      },
    };
    expect(await make(tenant, { signer })).toMatchObject({ size: 1 });
    expect(await make(tenant)).toMatchObject({ size: 2 });
  });

  it('leaves nothing behind when its transaction rolls back, or its signer is faulty', async () => {
    const tenant = await newLog(1);
    const failure = new Error('rolled back');
    const failing = app.inTenant(tenant, async (tx) => {
      await checkpoint(tx, { deployment, signer: testSigner });
      throw failure;
    });
    await expect(failing).rejects.toBe(failure);
    const signer = { ...testSigner, sign: (payload: Uint8Array) => otherSigner.sign(payload) };
    await expect(make(tenant, { signer })).rejects.toMatchObject({ code: 'SIGNER_FAULTY' });
    expect(await app.inTenant(tenant, latestCheckpoint)).toBeUndefined();
  });

  it('covers nothing that could still be rolled back', async () => {
    const tenant = await newLog(1);
    const { signer, sign } = countingSigner();
    await app.inTenant(tenant, async (tx) => {
      await app.inTenant(tenant, (inner) => appendNodes(inner, nodesToAppend(1), testSigner));
      await expect(checkpoint(tx, { deployment, signer })).rejects.toMatchObject({
        code: 'LOG_NOT_COMMITTED',
      });
    });
    expect(sign).not.toHaveBeenCalled();
    expect(await make(tenant)).toMatchObject({ size: 2 });
  });

  it('keeps the log’s origin, and says so even when it is not time', async () => {
    const tenant = await newLog(1);
    await make(tenant);
    const { signer, sign } = countingSigner();
    for (const added of [0, 1]) {
      if (added > 0) await grow(tenant, added);
      await expect(make(tenant, { signer, deployment: 'staging.example.com' })).rejects.toMatchObject({
        code: 'ORIGIN_MISMATCH',
      });
    }
    expect(sign).not.toHaveBeenCalled();
  });

  it('refuses options that are wrong, and lists them', async () => {
    const tenant = await newLog(1);
    const wrong = { deployment: 'a b', ifNewNodes: 0, ifOlderThanMs: -1 };
    await expect(make(tenant, wrong)).rejects.toMatchObject({
      code: 'INVALID_INPUT',
      details: { problems: 3 },
    });
  });
});

describe('checkpoint, of a log that was rewound', () => {
  it('refuses one that is shorter than its last checkpoint', async () => {
    const tenant = await newLog(5);
    await make(tenant);
    await change(rewindLog(tenant, 4));
    const { signer, sign } = countingSigner();
    await expect(make(tenant, { signer, ifNewNodes: 1000 })).rejects.toMatchObject({
      code: 'LOG_REWOUND',
      details: { checkpointSize: 5, size: 4 },
    });
    expect(sign).not.toHaveBeenCalled();
  });

  it.each([
    ['the edge', 5, 4, 7],
    ['a tile', 300, 200, 310],
    ['a tile, to the end of another', 300, 200, 512],
  ])(
    'refuses one that has other nodes below its last checkpoint, in %s',
    async (_, length, kept, regrown) => {
      const tenant = await newLog(length);
      await make(tenant);
      await change(
        rewindLog(tenant, kept),
        fabricateNodes(tenant, { from: kept + 1, to: regrown, word: `other ${tenant}` }),
        completeTrees,
      );
      const { signer, sign } = countingSigner();
      await expect(make(tenant, { signer })).rejects.toMatchObject({
        code: 'LOG_REWOUND',
        details: { checkpointSize: length },
      });
      expect(sign).not.toHaveBeenCalled();
    },
  );

  it('goes on where the same nodes are there again', async () => {
    const tenant = await newLog(1);
    await change(fabricateNodes(tenant, { from: 2, to: 300, word: tenant }), completeTrees);
    await make(tenant);
    await change(
      rewindLog(tenant, 200),
      fabricateNodes(tenant, { from: 201, to: 302, word: tenant }),
      completeTrees,
    );
    expect(await make(tenant)).toMatchObject({ size: 302 });
  });
});

describe('checkpoint, of a tree that somebody with every right has changed', () => {
  it.each([
    ['in the part that was signed', 300, 'update provenance_tiles set root = sha256(root) where'],
    ['in the new part', 10, 'update provenance_tiles set root = sha256(root) where'],
    ['by a tile that is gone', 300, 'delete from provenance_tiles where'],
    ['by nodes that are gone', 212, 'delete from caws_provenance_graph where seq > 300 and'],
  ])('signs nothing: %s', async (_, signed, statement) => {
    const tenant = await newLog(signed);
    await make(tenant);
    await grow(tenant, 300);
    await change(`${statement} tenant_id = '${tenant}'`);
    const { signer, sign } = countingSigner();
    await expect(make(tenant, { signer })).rejects.toMatchObject({ code: 'TREE_CORRUPT' });
    expect(sign).not.toHaveBeenCalled();
  });
});

describe('listCheckpoints and latestCheckpoint', () => {
  it('give the largest first, page by page, of this tenant', async () => {
    const tenant = await app.newTenant();
    for (let size = 1; size <= 5; size += 1) {
      await grow(tenant, 1);
      await make(tenant);
    }
    await make(await newLog(9));
    const list = (page: Parameters<typeof listCheckpoints>[1]) =>
      app.inTenant(tenant, (tx) => listCheckpoints(tx, page));
    const first = await list({ limit: 2 });
    expect(first).toMatchObject({ checkpoints: [{ size: 5 }, { size: 4 }], next: 4 });
    const second = await list({ limit: 2, after: first.next });
    expect(second).toMatchObject({ checkpoints: [{ size: 3 }, { size: 2 }], next: 2 });
    expect(await list({ limit: 2, after: second.next })).toMatchObject({
      checkpoints: [{ size: 1 }],
      next: undefined,
    });
    expect(await app.inTenant(tenant, latestCheckpoint)).toEqual(first.checkpoints[0]);
    await expect(list({ limit: 0, after: -1 })).rejects.toMatchObject({
      code: 'INVALID_INPUT',
      details: { problems: 2 },
    });
  });
});

describe('docs/operations/checkpoints.md', async () => {
  const page = await readFile(new URL('../../../../docs/operations/checkpoints.md', import.meta.url), 'utf8');
  const [unchecked = '', cosigned = '', repair = '', ...more] = [
    ...page.matchAll(/^```sql\n([\s\S]*?)^```$/gm),
  ].map(([, code = '']) => code);
  const asAdministrator = (text: string) => withSession(app.database.url, (session) => session.query(text));

  it('shows a program that runs', async () => {
    const program = await readFile(new URL('support/keep-checkpoints.ts', import.meta.url), 'utf8');
    expect(page).toContain(`\`\`\`ts\n${program.replaceAll(/^export /gm, '')}\`\`\``);
    await createTestTenants(app.database, 'acme');
    await administer(app.database.url, fabricateNodes('acme', { from: 1, to: 300, word: 'acme' }));
    await asAdministrator('select app.complete_provenance_trees()');
    const witness = newWitness('acme');
    await withServer(serveWitness(witness), async (url) => {
      const checkpointer = keepCheckpoints(app.manager, {
        signer: testSigner,
        witnesses: [[formatVerifierKey(witness.verifierKey), `${url}/w1`]],
        alarm: (error) => expect.unreachable(String(error)),
      });
      await vi.waitFor(async () => {
        expect(await app.inTenant('acme', latestCheckpoint)).toMatchObject({
          size: 300,
          cosignedBy: [{ name: 'w1' }],
        });
      });
      await checkpointer.stop();
    });
  });

  it('shows who cosigned, and which logs wait for a checkpoint', async () => {
    expect((await asAdministrator(cosigned)).rows).toContainEqual(
      expect.objectContaining({ tenant_id: 'acme', witness: 'w1', size: '300' }),
    );
    const tenant = await newLog(2);
    const { rows } = await asAdministrator(unchecked);
    expect(rows).toContainEqual({ tenant_id: tenant, nodes_in_none: '2', last_checkpoint_at: null });
    expect(rows.map((row) => row['tenant_id'])).not.toContain('acme');
  });

  it('shows how a damaged tree is computed again, and nothing else in SQL', async () => {
    const prove = () => app.inTenant('acme', (tx) => proveInclusionOf(tx, { seq: 7 }));
    const whole = await prove();
    await administer(
      app.database.url,
      `update provenance_tiles set hashes = set_byte(hashes, 0, get_byte(hashes, 0) # 1) where tenant_id = 'acme'`,
    );
    await expect(prove()).rejects.toMatchObject({ code: 'TREE_CORRUPT' });
    await asAdministrator(repair);
    expect(await prove()).toEqual(whole);
    expect(more).toEqual([]);
  });
});
