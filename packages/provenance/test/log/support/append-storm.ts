import { setTimeout as sleep } from 'node:timers/promises';
import { isDataLayerError, type ConnectionPoolManager } from '@agent-agency/db-core';
import { withSession } from '@agent-agency/testing';
import { checkpoint, verifyChain, verifySignature, type ChainReport } from '../../../src/index.ts';
import { importVerifyingKey } from '../../../src/crypto/index.ts';
import { readLogPages } from '../../../src/log/read-log.ts';
import { otherSigner, testSigner } from '../../fixtures/chain.ts';
import { readStorm, type StormRecord } from './storm-record.ts';
import type { StormServer } from './storm-server.ts';
import { StormWriters, type WritersPlan } from './storm-writers.ts';

export interface Storm extends WritersPlan {
  /** Backends that are terminated. */
  readonly backendKills: number;
  /** How often all processes of the server are killed; it starts again. */
  readonly serverKills: number;
}

export interface StormResult extends StormRecord {
  /** Of all nodes, by their hashes, held against every checkpoint that was made meanwhile. */
  readonly report: Pick<ChainReport, 'valid' | 'checked' | 'violationCount' | 'firstViolation'>;
  readonly checkpoints: number;
  /** Of signatures drawn from the whole log, how many were checked and how many are wrong. */
  readonly signatures: { readonly checked: number; readonly wrong: number };
  /** What writers were told, by how often. */
  readonly answers: Readonly<Record<string, number>>;
  readonly terminatedBackends: number;
  readonly serverKills: number;
  readonly errors: readonly string[];
  readonly appendSeconds: number;
}

interface Checkpoint {
  readonly size: number;
  readonly root: Uint8Array;
}

/** Writers append to one log while backends and the server are killed; then what is there is compared with what they were told. */
export async function runStorm(storm: StormServer, plan: Storm): Promise<StormResult> {
  const writers = new StormWriters(storm, plan);
  const startedAt = performance.now();
  const writing = writers.run();
  const disturbed = await disturb(storm, { plan, writers, writing });
  await writing;
  const appendSeconds = Math.round((performance.now() - startedAt) / 100) / 10;
  const { server, manager, tenantId } = storm;
  const verified = await manager.withTenant(
    { tenantId },
    async (tx) => ({
      report: await verifyChain(readLogPages(tx), {
        ...{ tenantId, keys: [], check: 'hashes', checkpoints: disturbed.checkpoints },
      }),
      signatures: await sampleSignatures(readLogPages(tx), Math.ceil(plan.nodes / 2000)),
    }),
    { statementTimeoutMs: 0 },
  );
  const { valid, checked, violationCount, firstViolation } = verified.report;
  return {
    ...(await readStorm(server.url, { tenantId, quotas: writers.quotas })),
    ...{ report: { valid, checked, violationCount, firstViolation }, signatures: verified.signatures },
    checkpoints: disturbed.checkpoints.length,
    terminatedBackends: disturbed.terminatedBackends,
    serverKills: disturbed.serverKills,
    ...{ answers: Object.fromEntries(writers.answers), errors: writers.errors, appendSeconds },
  };
}

interface Work {
  readonly plan: Storm;
  readonly writers: StormWriters;
  readonly writing: Promise<void>;
}

/** Kills evenly over the work, so that it is the same storm on a slow machine, and makes a checkpoint after each time. */
async function disturb({ server, manager, tenantId }: StormServer, { plan, writers, writing }: Work) {
  const checkpoints: Checkpoint[] = [];
  let [isOver, terminatedBackends, serverKills] = [false, 0, 0];
  void writing.finally(() => (isOver = true));
  const isTimeFor = (done: number, all: number): boolean =>
    done < all && writers.acknowledged >= (plan.nodes * (done + 1)) / (all + 1);
  while (!isOver) {
    await sleep(5);
    if (isTimeFor(serverKills, plan.serverKills)) {
      await server.crash();
      await server.start();
      serverKills += 1;
      checkpoints.push(...(await attemptCheckpoint(manager, tenantId)));
    } else if (isTimeFor(terminatedBackends, plan.backendKills)) {
      terminatedBackends += await terminateOne(server.url);
    }
  }
  checkpoints.push(...(await attemptCheckpoint(manager, tenantId)));
  return { checkpoints, terminatedBackends, serverKills };
}

/** One that holds the log, if there is any: that is the one who hurts. */
async function terminateOne(url: string): Promise<number> {
  return withSession(url, async (session) => {
    const { rows } = await session.query(`
      select pg_terminate_backend(pid) from (
        select pid from pg_stat_activity
        where usename = 'agent_agency_app' and state <> 'idle'
        order by wait_event_type is not distinct from 'Lock', random()
        limit 1
      ) as victim`);
    return rows.length;
  });
}

/** None while the pool has not found back. */
async function attemptCheckpoint(manager: ConnectionPoolManager, tenantId: string): Promise<Checkpoint[]> {
  for (let tries = 0; tries < 100; tries += 1) {
    try {
      const made = await manager.withTenant({ tenantId }, (tx) =>
        checkpoint(tx, { deployment: 'storm.example', signer: testSigner }),
      );
      return made === undefined ? [] : [made];
    } catch (error) {
      if (!isDataLayerError(error) || !(error.retryable || error.code === 'COMMIT_UNKNOWN')) throw error;
      await sleep(20);
    }
  }
  return [];
}

/** Every `nth` of the log. */
async function sampleSignatures(
  pages: ReturnType<typeof readLogPages>,
  nth: number,
): Promise<StormResult['signatures']> {
  const keys = new Map(
    [testSigner, otherSigner].map(({ keyId, publicKey }) => [keyId, importVerifyingKey(publicKey)]),
  );
  let [checked, wrong] = [0, 0];
  for await (const page of pages) {
    for (const node of page.filter(({ seq }) => seq % nth === 0)) {
      const key = keys.get(node.signingKeyId);
      checked += 1;
      if (key === undefined || !verifySignature(node.hashChain, node.signature, key)) wrong += 1;
    }
  }
  return { checked, wrong };
}

/** Whether nothing of a log's promises was broken. */
export function isSound(result: StormResult, { nodes }: Storm): boolean {
  const { gaps, forks, displaced, lost, report, signatures, errors } = result;
  const faults = [gaps, forks, displaced, lost, report.violationCount, signatures.wrong, errors.length];
  return (
    result.nodes === nodes && report.checked === nodes && result.endsAtHead && faults.every((n) => n === 0)
  );
}
