import { useApplication } from '@agent-agency/db-core/testing';
import { withSession } from '@agent-agency/testing';
import { testDatabase } from '@agent-agency/testing/vitest';
import { describe, expect, it, vi } from 'vitest';
import {
  type AddCheckpoint,
  appendNodes,
  checkpoint,
  type CheckpointerOptions,
  type CheckpointRun,
  createCheckpointer,
  createHttpWitness,
  latestCheckpoint,
  listCheckpoints,
  type Signer,
  verifyCheckpoint,
  type Witness,
  type WitnessAnswer,
} from '../../src/index.ts';
import { logKeyOf, witnessKeyOf } from '../checkpoint/log.ts';
import { otherSigner, testSigner } from '../fixtures/chain.ts';
import { nodesToAppend } from '../log/support/nodes.ts';
import { administer, rewindCheckpoints, rewindLog } from './support/administer.ts';
import { deployment, newWitness, originOf, type TestWitness } from './support/test-witness.ts';
import { serveWitness, withServer } from './support/witness-server.ts';

const app = useApplication(testDatabase());
const away = (): Promise<WitnessAnswer> => Promise.reject(new TypeError('fetch failed'));

function newCheckpointer(
  tenantId: string,
  witnesses: readonly Witness[],
  options: Partial<CheckpointerOptions> = {},
) {
  return createCheckpointer(app.manager, {
    ...{ tenantId, deployment, signer: testSigner, witnesses, everyNodes: 1 },
    onError: (error) => expect.unreachable(String(error)),
    ...options,
  });
}

/** Its `run`, to call again and again. */
function runnerOf(...parts: Parameters<typeof newCheckpointer>): () => Promise<CheckpointRun> {
  const checkpointer = newCheckpointer(...parts);
  return () => checkpointer.run();
}

const grow = (tenant: string, count: number) =>
  app.inTenant(tenant, (tx) => appendNodes(tx, nodesToAppend(count), testSigner));

async function newLog(length: number): Promise<string> {
  const tenant = await app.newTenant();
  await grow(tenant, length);
  return tenant;
}

/** A log that its witness knows at five nodes, and everything in the database as it was at three. */
async function rewoundLog(): Promise<{ tenant: string; witness: TestWitness }> {
  const tenant = await newLog(3);
  const witness = newWitness(tenant);
  await newCheckpointer(tenant, [witness]).run();
  await grow(tenant, 2);
  await newCheckpointer(tenant, [witness]).run();
  await administer(app.database.url, rewindLog(tenant, 3), rewindCheckpoints(tenant, 3));
  return { tenant, witness };
}

describe('createCheckpointer', () => {
  it('has every checkpoint cosigned by every witness, from the size that it cosigned last', async () => {
    const tenant = await newLog(3);
    const witnesses = [newWitness(tenant), newWitness(tenant, { name: 'w2', signer: otherSigner })] as const;
    const run = runnerOf(tenant, witnesses);
    expect(await run()).toMatchObject({ isNew: true, missing: [], checkpoint: { size: 3 } });
    await grow(tenant, 4);
    const { checkpoint: made } = await run();
    const trust = {
      origin: originOf(tenant),
      logKeys: [logKeyOf(testSigner, originOf(tenant))],
      witnesses: witnesses.map(({ verifierKey }) => verifierKey),
    };
    expect(verifyCheckpoint(made?.note ?? '', trust)).toMatchObject({
      ok: true,
      checkpoint: { size: 7 },
      cosignatures: [{ name: 'w1' }, { name: 'w2' }],
    });
    expect(made?.cosignedBy.map(({ name }) => name)).toEqual(['w1', 'w2']);
    const { checkpoints } = await app.inTenant(tenant, (tx) => listCheckpoints(tx));
    expect(checkpoints.map(({ note }) => verifyCheckpoint(note, trust).ok)).toEqual([true, true]);
    for (const { addCheckpoint } of witnesses)
      expect(addCheckpoint.mock.calls.map(([{ oldSize }]) => oldSize)).toEqual([0, 3]);
  });

  it('asks nobody again when there is nothing new', async () => {
    const tenant = await newLog(1);
    const witness = newWitness(tenant);
    const run = runnerOf(tenant, [witness]);
    await run();
    expect(await run()).toMatchObject({ isNew: false, missing: [], checkpoint: { size: 1 } });
    expect(witness.addCheckpoint).toHaveBeenCalledTimes(1);
    expect(await newCheckpointer(await app.newTenant(), [witness]).run()).toEqual({
      isNew: false,
      missing: [],
      checkpoint: undefined,
    });
  });

  it('makes checkpoints by count and by time', async () => {
    const tenant = await newLog(1);
    let now = Date.now();
    const run = runnerOf(tenant, [], { everyNodes: 3, everyMs: 60_000, clock: () => now });
    const sizes: (number | undefined)[] = [];
    for (const [count, passed] of [
      [0, 0],
      [2, 0],
      [1, 0],
      [1, 0],
      [0, 120_000],
    ] as const) {
      await grow(tenant, count);
      now += passed;
      const { isNew, checkpoint: made } = await run();
      sizes.push(isNew ? made?.size : undefined);
    }
    expect(sizes).toEqual([1, undefined, 4, undefined, 5]);
  });

  it('keeps a checkpoint that a witness has not cosigned, and asks again', async () => {
    const tenant = await newLog(2);
    const [present, absent] = [newWitness(tenant), newWitness(tenant, { name: 'w2', signer: otherSigner })];
    const run = runnerOf(tenant, [present, absent]);
    absent.addCheckpoint.mockImplementationOnce(away);
    const first = await run();
    expect(first).toMatchObject({
      checkpoint: { size: 2, cosignedBy: [{ name: 'w1' }] },
      missing: [
        {
          code: 'COSIGNATURE_MISSING',
          details: { witness: 'w2', reason: 'no-answer' },
          cause: { message: 'fetch failed' },
        },
      ],
    });
    expect(await run()).toMatchObject({
      isNew: false,
      missing: [],
      checkpoint: { cosignedBy: [{ name: 'w1' }, { name: 'w2' }] },
    });
    expect(present.addCheckpoint).toHaveBeenCalledTimes(1);
  });

  it('says why a witness refuses', async () => {
    const tenant = await newLog(1);
    const stranger = newWitness('another-tenant');
    const liar: Witness = {
      verifierKey: witnessKeyOf(otherSigner, 'w2'),
      addCheckpoint: (request) => newWitness(tenant).addCheckpoint(request),
    };
    const { missing } = await newCheckpointer(tenant, [stranger, liar]).run();
    expect(missing.map(({ details }) => details)).toEqual([
      { witness: 'w1', reason: 'unknown-log' },
      { witness: 'w2', reason: 'faulty-answer' },
    ]);
  });

  it('has no transaction open while a witness is asked', async () => {
    const tenant = await newLog(300);
    const witness = newWitness(tenant);
    const open: unknown[] = [];
    const addCheckpoint = async (request: AddCheckpoint): Promise<WitnessAnswer> => {
      const { rows } = await withSession(app.database.url, (session) =>
        session.query(
          `select state, query from pg_stat_activity
           where datname = current_database() and pid <> pg_backend_pid() and xact_start is not null and backend_type = 'client backend'`,
        ),
      );
      open.push(...rows);
      return witness.addCheckpoint(request);
    };
    const run = runnerOf(tenant, [{ ...witness, addCheckpoint }]);
    await run();
    await grow(tenant, 1);
    await run();
    expect(witness.addCheckpoint).toHaveBeenCalledTimes(2);
    expect(open).toEqual([]);
  });

  it('refuses to run inside of a transaction, and leaves it to go on', async () => {
    const tenant = await newLog(1);
    const run = runnerOf(tenant, []);
    await app.inTenant(tenant, async (tx) => {
      await expect(run()).rejects.toMatchObject({ code: 'NESTED_TRANSACTION' });
      expect(await latestCheckpoint(tx)).toBeUndefined();
    });
  });

  it('agrees with others that run at the same time', async () => {
    const tenant = await newLog(1);
    const witness = newWitness(tenant);
    for (let round = 0; round < 3; round += 1) {
      await grow(tenant, 1);
      const runs = await Promise.all(
        Array.from({ length: 3 }, () => newCheckpointer(tenant, [witness]).run()),
      );
      expect(runs.filter(({ isNew }) => isNew)).toHaveLength(1);
    }
    expect(await newCheckpointer(tenant, [witness]).run()).toMatchObject({
      missing: [],
      checkpoint: { size: 4, cosignedBy: [{ name: 'w1' }] },
    });
  });

  it('takes a witness that is ahead of it for no alarm: another one was faster', async () => {
    const tenant = await newLog(1);
    const witness = newWitness(tenant);
    const slow: Witness = {
      ...witness,
      addCheckpoint: async (request) => {
        await grow(tenant, 1);
        await newCheckpointer(tenant, [witness]).run();
        return witness.addCheckpoint(request);
      },
    };
    const { missing, checkpoint: latest } = await newCheckpointer(tenant, [slow]).run();
    expect(missing).toMatchObject([{ details: { reason: 'conflict' } }]);
    expect(latest).toMatchObject({ size: 2, cosignedBy: [{ name: 'w1' }] });
  });

  it('refuses options that are wrong, and lists them', () => {
    const wrong = { deployment: '', everyNodes: 0, everyMs: -1, intervalMs: 0.5 };
    expect(() => newCheckpointer('acme', [], wrong)).toThrow(
      expect.objectContaining({
        code: 'INVALID_INPUT',
        details: { field: 'deployment', problems: 4 },
      }) as Error,
    );
  });
});

describe('createCheckpointer, of a log that was rewound to a backup of everything', () => {
  it.each([
    ['as it was', 3],
    ['grown again, to a smaller size', 4],
    ['grown again, to the same size', 5],
    ['grown again, to a larger size', 9],
  ])('signs nothing for it: %s', async (_, size) => {
    const { tenant, witness } = await rewoundLog();
    await grow(tenant, size - 3);
    const sign = vi.fn<Signer['sign']>((payload) => testSigner.sign(payload));
    const signer = { ...testSigner, sign };
    const run = runnerOf(tenant, [witness], { signer });
    for (let round = 0; round < 2; round += 1)
      await expect(run()).rejects.toMatchObject({
        code: 'LOG_REWOUND',
        details: { witness: 'w1', checkpointSize: 5 },
      });
    expect(sign).not.toHaveBeenCalled();
    expect(await app.inTenant(tenant, latestCheckpoint)).toMatchObject({ size: 3 });
  });

  it('notices without being started anew', async () => {
    const tenant = await newLog(3);
    const witness = newWitness(tenant);
    const run = runnerOf(tenant, [witness]);
    await run();
    await grow(tenant, 2);
    await run();
    await administer(app.database.url, rewindLog(tenant, 3), rewindCheckpoints(tenant, 3));
    await grow(tenant, 9);
    await expect(run()).rejects.toMatchObject({ code: 'LOG_REWOUND' });
  });

  it('notices by the first checkpoint that the witness sees again, if it was away', async () => {
    const { tenant, witness } = await rewoundLog();
    await grow(tenant, 9);
    witness.addCheckpoint.mockImplementationOnce(away);
    const run = runnerOf(tenant, [witness]);
    await expect(run()).rejects.toMatchObject({ code: 'LOG_REWOUND', details: { witness: 'w1', size: 12 } });
    await expect(run()).rejects.toMatchObject({ code: 'LOG_REWOUND' });
    expect(await app.inTenant(tenant, latestCheckpoint)).toMatchObject({ size: 12, cosignedBy: [] });
  });

  it('is stopped by one witness, and keeps what the others say', async () => {
    const { tenant, witness } = await rewoundLog();
    const fresh = newWitness(tenant, { name: 'w2', signer: otherSigner });
    await expect(newCheckpointer(tenant, [witness, fresh]).run()).rejects.toMatchObject({
      code: 'LOG_REWOUND',
    });
    const latest = await app.inTenant(tenant, latestCheckpoint);
    expect(latest?.cosignedBy.map(({ name }) => name)).toEqual(['w1', 'w2']);
  });
});

describe('start and stop', () => {
  it('run again and again, and tell of what is wrong', async () => {
    const tenant = await newLog(1);
    const witness = newWitness(tenant);
    const errors: unknown[] = [];
    witness.addCheckpoint.mockImplementationOnce(away);
    const checkpointer = newCheckpointer(tenant, [witness], {
      intervalMs: 1,
      onError: (error) => errors.push(error),
    });
    const write = vi.spyOn(app.manager, 'write');
    checkpointer.start();
    checkpointer.start();
    expect(write).toHaveBeenCalledTimes(1);
    write.mockRestore();
    await vi.waitFor(async () => {
      expect(await app.inTenant(tenant, latestCheckpoint)).toMatchObject({ cosignedBy: [{ name: 'w1' }] });
    });
    await administer(
      app.database.url,
      rewindLog(tenant, 0),
      `delete from provenance_heads where tenant_id = '${tenant}'`,
    );
    await vi.waitFor(() => {
      expect(errors.at(-1)).toMatchObject({ code: 'LOG_REWOUND' });
    });
    await checkpointer.stop();
    expect(errors[0]).toMatchObject({ code: 'COSIGNATURE_MISSING', details: { reason: 'no-answer' } });
    const told = errors.length;
    await checkpointer.stop();
    expect(errors).toHaveLength(told);
    checkpointer.start();
    await vi.waitFor(() => {
      expect(errors.length).toBeGreaterThan(told);
    });
    await checkpointer.stop();
  });

  it('stop waits for the run that has begun', async () => {
    const tenant = await newLog(1);
    const witness = newWitness(tenant);
    const asked = Promise.withResolvers<undefined>();
    const answer = Promise.withResolvers<undefined>();
    const slow: Witness = {
      ...witness,
      addCheckpoint: async (request) => {
        asked.resolve(undefined);
        await answer.promise;
        return witness.addCheckpoint(request);
      },
    };
    const checkpointer = newCheckpointer(tenant, [slow]);
    checkpointer.start();
    await asked.promise;
    const stopped = checkpointer.stop();
    answer.resolve(undefined);
    await stopped;
    expect(await app.inTenant(tenant, latestCheckpoint)).toMatchObject({ cosignedBy: [{ name: 'w1' }] });
  });
});

describe('createHttpWitness, asked by a checkpointer', () => {
  it('cosigns, and shows that a log was rewound', async () => {
    const tenant = await newLog(2);
    const witness = newWitness(tenant);
    await withServer(serveWitness(witness), async (url) => {
      const run = runnerOf(tenant, [
        createHttpWitness({ url: `${url}/w1`, verifierKey: witness.verifierKey }),
      ]);
      expect(await run()).toMatchObject({ missing: [], checkpoint: { cosignedBy: [{ name: 'w1' }] } });
      await administer(app.database.url, rewindLog(tenant, 1), rewindCheckpoints(tenant, 0));
      await app.inTenant(tenant, (tx) => checkpoint(tx, { deployment, signer: testSigner }));
      await expect(run()).rejects.toMatchObject({
        code: 'LOG_REWOUND',
        details: { checkpointSize: 2, size: 1 },
      });
    });
  });
});
