import { useApplication } from '@agent-agency/db-core/testing';
import { testDatabase } from '@agent-agency/testing/vitest';
import { sql } from 'kysely';
import { describe, expect, it } from 'vitest';
import {
  acknowledgeTask,
  cancelTask,
  completeTask,
  failTask,
  heartbeat,
  listAssignments,
  listExecutions,
  reclaimExpired,
  startTask,
  type Lease,
} from '../../src/index.ts';
import { readQueueSettings } from '../../src/tasks/queue-settings.ts';
import { retryDelay } from '../../src/tasks/retry.ts';
import { task, useQueues, type Queue } from '../support/queue.ts';

const app = useApplication(testDatabase());
const newQueue = useQueues(app, 24);

const lost = (status: string) => ({ code: 'LEASE_LOST', details: { status } });

describe('heartbeat', () => {
  it('prolongs the lease, and not beyond the timeout', async () => {
    const queue = await newQueue();
    const { lease, attemptDeadlineAt } = await queue.take('a', { timeoutMs: 120_000 });
    const { expiresAt } = await queue.in((tx) => heartbeat(tx, lease, { leaseMs: 60_000 }));
    expect(expiresAt.getTime()).toBeGreaterThan(lease.expiresAt.getTime() + 29_000);
    await expect(queue.in((tx) => heartbeat(tx, lease, { leaseMs: 600_000 }))).resolves.toEqual({
      expiresAt: attemptDeadlineAt,
    });
  });

  it('reports progress, and that the task is worked on', async () => {
    const queue = await newQueue();
    const { lease } = await queue.take('a');
    const assignment = async () => (await queue.in((tx) => listAssignments(tx))).assignments[0];
    await queue.in((tx) => acknowledgeTask(tx, lease));
    await expect(assignment()).resolves.toMatchObject({ status: 'acknowledged', startedAt: undefined });
    await queue.in((tx) => startTask(tx, lease));
    const begun = await assignment();
    expect(begun).toMatchObject({ status: 'executing', startedAt: expect.any(Date) as Date });
    await queue.in((tx) => heartbeat(tx, lease));
    await expect(assignment()).resolves.toEqual(begun);
    await queue.in((tx) => heartbeat(tx, lease, { progress: 0.25 }));
    await queue.in((tx) => acknowledgeTask(tx, lease));
    await expect(assignment()).resolves.toMatchObject({
      ...{ status: 'executing', progress: 0.25, startedAt: begun?.startedAt },
      lastProgressAt: expect.any(Date) as Date,
    });
  });

  it('is good as long as nobody has reclaimed the task', async () => {
    const queue = await newQueue();
    const { lease } = await queue.take('a');
    await queue.alter(`lease_expires_at = now() - interval '1 second'`);
    await queue.in((tx) => heartbeat(tx, lease));
    await expect(queue.in((tx) => reclaimExpired(tx))).resolves.toEqual({ requeued: 0, failed: 0 });
  });

  it('refuses what is no heartbeat', async () => {
    const queue = await newQueue();
    const { lease } = await queue.take('a');
    for (const sign of [{ progress: 1.01 }, { progress: 0.125 }, { progress: NaN }, { leaseMs: 0 }])
      await expect(queue.in((tx) => heartbeat(tx, lease, sign))).rejects.toMatchObject({
        code: 'INVALID_INPUT',
      });
  });
});

describe('completeTask', () => {
  it('ends the task, its assignment and its attempt', async () => {
    const queue = await newQueue();
    const { lease } = await queue.take('a');
    const report = {
      ...{ qualityScore: 0.75, tokensUsed: 1234, metadata: { model: 'm' } },
      caws: { passed: false, violations: [{ rule: 'budget' }], filesChanged: 2, linesChanged: 30 },
    };
    await expect(queue.in((tx) => completeTask(tx, lease, report))).resolves.toEqual({
      alreadyCompleted: false,
    });
    await expect(queue.get('a')).resolves.toMatchObject({
      status: 'completed',
      completedAt: expect.any(Date) as Date,
    });
    const { assignments } = await queue.in((tx) => listAssignments(tx));
    expect(assignments).toMatchObject([{ status: 'completed', progress: 1, errorMessage: undefined }]);
    const { executions } = await queue.in((tx) => listExecutions(tx));
    expect(executions).toMatchObject([
      {
        ...{ success: true, qualityScore: 0.75, tokensUsed: 1234, metadata: { model: 'm' } },
        ...{ cawsPassed: false, cawsViolations: [{ rule: 'budget' }], filesChanged: 2, linesChanged: 30 },
        ...{ completedAt: assignments[0]?.completedAt, executionTimeMs: expect.any(Number) as number },
      },
    ]);
  });

  it('may be asked for again, and then changes nothing', async () => {
    const queue = await newQueue();
    const { lease } = await queue.take('a');
    await queue.in((tx) => completeTask(tx, lease, { tokensUsed: 1 }));
    const before = await queue.rows();
    await expect(queue.in((tx) => completeTask(tx, lease, { tokensUsed: 2 }))).resolves.toEqual({
      alreadyCompleted: true,
    });
    await expect(queue.rows()).resolves.toEqual(before);
  });
});

describe('a lease that is lost', () => {
  const writes = {
    heartbeat: (queue: Queue, lease: Lease) => queue.in((tx) => heartbeat(tx, lease, { progress: 0.5 })),
    completeTask: (queue: Queue, lease: Lease) => queue.in((tx) => completeTask(tx, lease)),
    failTask: (queue: Queue, lease: Lease) => queue.in((tx) => failTask(tx, lease, { message: 'no' })),
    acknowledgeTask: (queue: Queue, lease: Lease) => queue.in((tx) => acknowledgeTask(tx, lease)),
    startTask: (queue: Queue, lease: Lease) => queue.in((tx) => startTask(tx, lease)),
  };

  it.each(Object.entries(writes))('is one error of %s, and nothing changes', async (_name, write) => {
    const queue = await newQueue();
    const { lease } = await queue.take('a');
    await queue.alter(`lease_expires_at = now()`);
    await queue.in((tx) => reclaimExpired(tx));
    const refuses = async (status: string) => {
      const before = await queue.rows();
      await expect(write(queue, lease)).rejects.toMatchObject(lost(status));
      await expect(queue.rows()).resolves.toEqual(before);
    };
    await refuses('queued');
    await queue.alter(`available_at = now()`);
    const [again] = await queue.claim();
    expect(again?.lease).toMatchObject({ taskId: 'a', token: 2 });
    await refuses('dequeued');
    await queue.in((tx) => completeTask(tx, again?.lease ?? lease));
    await refuses('completed');
    await expect(write(queue, { taskId: 'none', token: 1 })).rejects.toMatchObject({
      code: 'TASK_NOT_FOUND',
    });
    await expect(write(queue, { taskId: 'a', token: NaN })).rejects.toMatchObject({ code: 'INVALID_INPUT' });
    const other = await newQueue();
    await expect(write(other, again?.lease ?? lease)).rejects.toMatchObject({ code: 'TASK_NOT_FOUND' });
  });
});

describe('failTask', () => {
  it('puts the task back after a while, until it has been tried often enough', async () => {
    const queue = await newQueue();
    await queue.set('retry_base_delay_ms', 100_000);
    const { lease } = await queue.take('a', { maxAttempts: 2 });
    const failure = { message: 'It broke.', code: 'BROKEN', report: { tokensUsed: 7 } };
    const failed = await queue.in((tx) => failTask(tx, lease, failure));
    expect(failed).toMatchObject({ status: 'queued' });
    await expect(queue.get('a')).resolves.toMatchObject({
      ...{ status: 'queued', attempts: 1, errorCode: 'BROKEN', errorMessage: 'It broke.' },
      ...{ availableAt: 'retryAt' in failed ? failed.retryAt : undefined },
    });
    await expect(queue.claim()).resolves.toEqual([]);
    await queue.alter('available_at = now()');
    const [again] = await queue.claim();
    await expect(queue.in((tx) => failTask(tx, again?.lease ?? lease, failure))).resolves.toEqual({
      status: 'failed',
    });
    const { executions } = await queue.in((tx) => listExecutions(tx));
    expect(executions).toMatchObject([
      { attempt: 2, success: false, errorMessage: 'It broke.', tokensUsed: 7 },
      { attempt: 1, success: false },
    ]);
    const { assignments } = await queue.in((tx) => listAssignments(tx, { status: 'failed' }));
    expect(assignments).toMatchObject([{ errorCode: 'BROKEN' }, { errorMessage: 'It broke.' }]);
  });

  it('gives a task up at once that would fail again', async () => {
    const queue = await newQueue();
    const { lease } = await queue.take('a');
    const failure = { message: 'There is no such repository.', isPermanent: true };
    await expect(queue.in((tx) => failTask(tx, lease, failure))).resolves.toEqual({ status: 'failed' });
  });

  it('waits a random time up to a bound that doubles, and up to the greatest', async () => {
    const queue = await newQueue();
    const { rows } = await queue.in(async (tx) => {
      await sql`select setseed(0.5)`.execute(tx);
      const settings = { ...(await readQueueSettings(tx)), retryBaseDelayMs: 1000, retryMaxDelayMs: 6000 };
      return sql`
        select attempts, min(seconds) < 0.1 as "from zero", max(seconds) <= bound as "to the bound",
          avg(seconds) between 0.4 * bound and 0.6 * bound as "evenly"
        from (values (1, 1), (2, 2), (3, 4), (4, 6), (100, 6)) as expected (attempts, bound)
        cross join generate_series(1, 1000) as n
        cross join lateral (
          select extract(epoch from ${retryDelay(sql`attempts`, settings)}) as seconds, n
        ) as drawn
        group by attempts, bound
        order by attempts`.execute(tx);
    });
    const holds = { 'from zero': true, 'to the bound': true, evenly: true };
    expect(rows).toEqual([1, 2, 3, 4, 100].map((attempts) => ({ attempts, ...holds })));
  });
});

describe('cancelTask', () => {
  it('takes a task back from the queue', async () => {
    const queue = await newQueue();
    await queue.enqueue(task('a'));
    const cancellation = { taskId: 'a', reason: 'Not needed.' };
    await expect(queue.in((tx) => cancelTask(tx, cancellation))).resolves.toEqual({ status: 'cancelled' });
    await expect(queue.in((tx) => cancelTask(tx, cancellation))).resolves.toEqual({ status: 'cancelled' });
    await expect(queue.claim()).resolves.toEqual([]);
    await expect(queue.get('a')).resolves.toMatchObject({
      errorCode: 'CANCELLED',
      errorMessage: 'Not needed.',
    });
  });

  it('takes a task back from whoever works on it, who hears of it', async () => {
    const queue = await newQueue();
    const { lease } = await queue.take('a');
    await queue.in((tx) => cancelTask(tx, { taskId: 'a' }));
    await expect(queue.in((tx) => heartbeat(tx, lease))).rejects.toMatchObject(lost('cancelled'));
    const { assignments } = await queue.in((tx) => listAssignments(tx));
    expect(assignments).toMatchObject([{ status: 'cancelled', errorCode: 'CANCELLED' }]);
    const { executions } = await queue.in((tx) => listExecutions(tx));
    expect(executions).toMatchObject([{ success: false, completedAt: expect.any(Date) as Date }]);
  });

  it('leaves alone what has ended, and what is not there', async () => {
    const queue = await newQueue();
    const { lease } = await queue.take('a');
    await queue.in((tx) => completeTask(tx, lease));
    await expect(queue.in((tx) => cancelTask(tx, { taskId: 'a' }))).resolves.toEqual({ status: 'completed' });
    const other = await newQueue();
    await expect(other.in((tx) => cancelTask(tx, { taskId: 'a' }))).rejects.toMatchObject({
      code: 'TASK_NOT_FOUND',
    });
  });
});
