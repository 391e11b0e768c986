// Workers that take tasks until they are killed. Prints, a line each, what must not happen to any of them.
import { setTimeout as sleep } from 'node:timers/promises';
import { configFromEnv, ConnectionPoolManager, isDataLayerError } from '@agent-agency/db-core';
import { sql } from 'kysely';
import { claimTasks, completeTask, failTask, heartbeat, reclaimExpired } from '../../src/index.ts';
import type { ClaimedTask } from '../../src/index.ts';
import type { WorkersInput } from '../support/storm.ts';

const input = JSON.parse(process.argv[2] ?? '') as WorkersInput;
const { tenantId, leaseMs } = input;
const manager = new ConnectionPoolManager();
const contextKey = { keyId: input.key.keyId, secret: Buffer.from(input.key.secret, 'hex') };
manager.initialize({ ...configFromEnv({ DATABASE_URL: input.url }, { contextKey }), min: 0, max: 10 });

await Promise.all(input.agentIds.map((agentId) => workForever(agentId)));

async function workForever(agentId: string): Promise<never> {
  for (;;) {
    const limit = 1 + Math.floor(Math.random() * 3);
    const tasks = await attempt((tx) => claimTasks(tx, { agentId, limit, leaseMs }));
    for (const task of tasks ?? []) await work(task);
    if (tasks?.length === 0) await attempt((tx) => reclaimExpired(tx));
    await sleep(Math.random() * 20);
  }
}

/** Some go on for so long that the task is somebody else's by then, and finish it nevertheless. */
async function work({ id, lease }: ClaimedTask): Promise<void> {
  const fate = Math.random();
  await sleep(fate < 0.05 ? leaseMs * 2 : Math.random() * 10);
  if (fate > 0.9) await attempt((tx) => heartbeat(tx, lease, { leaseMs, progress: 0.5 }));
  if (fate > 0.05 && fate < 0.1) {
    await attempt((tx) => failTask(tx, lease, { message: 'as it happens' }));
    return;
  }
  const finish = () =>
    attempt(async (tx) => {
      const { alreadyCompleted } = await completeTask(tx, lease);
      if (!alreadyCompleted) await sql`insert into effects (task_id) values (${id})`.execute(tx);
      return true;
    });
  // Whoever did not hear whether it was committed asks again.
  for (let tries = 0; tries < 3 && !(await finish()); tries += 1) await sleep(10);
}

/** Undefined when the connection broke, or the lease: both are to be expected here. */
async function attempt<T>(run: Parameters<typeof manager.withTenant<T>>[1]): Promise<T | undefined> {
  try {
    return await manager.withTenant({ tenantId }, run);
  } catch (error) {
    const isExpected =
      isDataLayerError(error) &&
      error.code !== 'DEADLOCK' &&
      (error.retryable || error.code === 'COMMIT_UNKNOWN' || error.code === 'LEASE_LOST');
    if (!isExpected) process.stdout.write(`${String(error)} ${JSON.stringify(error)}\n`);
    return undefined;
  }
}
