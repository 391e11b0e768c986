import { useApplication } from '@agent-agency/db-core/testing';
import { testDatabase } from '@agent-agency/testing/vitest';
import { sql } from 'kysely';
import { describe, expect, it } from 'vitest';
import {
  cancelTask,
  completeTask,
  failTask,
  getQueueStatistics,
  listAssignments,
  listDeadLetters,
  listExecutions,
  reclaimExpired,
  recordQueueStatistics,
  requeueDeadLetter,
} from '../../src/index.ts';
import { task, useQueues } from '../support/queue.ts';

const app = useApplication(testDatabase());
const newQueue = useQueues(app, 12);

const PAST = new Date('2025-01-01T00:00:00Z');
const FUTURE = new Date('2999-01-01T00:00:00Z');

describe('dead letters', () => {
  it('are listed page by page, the latest first', async () => {
    const queue = await newQueue();
    const names = ['a', 'b', 'c'];
    for (const name of names) {
      const { lease } = await queue.take(name);
      await queue.in((tx) => failTask(tx, lease, { message: `No ${name}.`, isPermanent: true }));
    }
    const first = await queue.in((tx) => listDeadLetters(tx, { limit: 2 }));
    expect(first.tasks).toMatchObject([{ id: 'c', errorMessage: 'No c.' }, { id: 'b' }]);
    const second = await queue.in((tx) => listDeadLetters(tx, { limit: 2, after: first.next }));
    expect(second).toMatchObject({ tasks: [{ id: 'a' }], next: undefined });
    await expect(queue.in((tx) => listDeadLetters(tx, { after: 'x' }))).rejects.toMatchObject({
      code: 'INVALID_INPUT',
    });
  });

  it('begin anew when they are put back, with their history', async () => {
    const queue = await newQueue();
    const { lease } = await queue.take('a', { maxAttempts: 1, deadlineAt: new Date(Date.now() + 60_000) });
    await queue.in((tx) => failTask(tx, lease, { message: 'no' }));
    await queue.alter(`deadline_at = '2025-01-01'`);
    await queue.in((tx) => requeueDeadLetter(tx, { taskId: 'a' }));
    await expect(queue.get('a')).resolves.toMatchObject({
      ...{ status: 'queued', attempts: 0, completedAt: undefined, deadlineAt: undefined, errorMessage: 'no' },
    });
    const [again] = await queue.claim();
    expect(again).toMatchObject({ attempts: 1, lease: { token: 2 } });
    await queue.in((tx) => completeTask(tx, again?.lease ?? lease));
    const { executions } = await queue.in((tx) => listExecutions(tx, { taskId: 'a', agentId: 'worker' }));
    expect(executions).toMatchObject([{ attempt: 2 }, { attempt: 1 }]);
    await expect(queue.in((tx) => requeueDeadLetter(tx, { taskId: 'a' }))).rejects.toMatchObject({
      ...{ code: 'TASK_NOT_DEAD', details: { status: 'completed' } },
    });
    await expect(queue.in((tx) => requeueDeadLetter(tx, { taskId: 'b' }))).rejects.toMatchObject({
      code: 'TASK_NOT_FOUND',
    });
  });
});

describe('reclaimExpired', () => {
  it('tries again or gives up, and says why', async () => {
    const queue = await newQueue();
    await queue.enqueue(
      ...['crashed', 'slow', 'tried', 'due at work', 'by hand', 'alive'].map((id) =>
        task(id, { maxAttempts: 2 }),
      ),
      task('due in the queue', { deadlineAt: PAST }),
      task('waits', { deadlineAt: FUTURE }),
    );
    await queue.claim({ limit: 6 });
    const over = `now() - interval '1 second'`;
    const alter = (id: string, change: string) =>
      queue.in((tx) => sql.raw(`update task_queue set ${change} where task_id = '${id}'`).execute(tx));
    await alter('crashed', `lease_expires_at = ${over}`);
    await alter('slow', `lease_expires_at = ${over}, dequeued_at = now() - interval '1 day'`);
    await alter('tried', `lease_expires_at = ${over}, attempts = 2`);
    await alter('due at work', `lease_expires_at = ${over}, deadline_at = ${over}`);
    await alter('by hand', `lease_expires_at = null, dequeued_at = now() - interval '1 day'`);
    await expect(queue.in((tx) => reclaimExpired(tx))).resolves.toEqual({ requeued: 3, failed: 3 });
    await expect(queue.in((tx) => reclaimExpired(tx))).resolves.toEqual({ requeued: 0, failed: 0 });
    const { rows } = await queue.in((tx) =>
      sql`
        select task.task_id, task.status, task.error_code, assignment.status as assignment, attempt.success
        from task_queue as task
        left join task_assignments as assignment using (tenant_id, task_id)
        left join task_execution_history as attempt using (tenant_id, assignment_id)
        order by task.created_at`.execute(tx),
    );
    const became = (task_id: string, status: string, error_code: string) => ({
      ...{ task_id, status, error_code, assignment: 'failed', success: false },
    });
    const untouched = { error_code: null, success: null };
    expect(rows).toEqual([
      became('crashed', 'queued', 'LEASE_EXPIRED'),
      became('slow', 'queued', 'TIMED_OUT'),
      became('tried', 'failed', 'LEASE_EXPIRED'),
      became('due at work', 'failed', 'DEADLINE_EXCEEDED'),
      became('by hand', 'queued', 'TIMED_OUT'),
      { task_id: 'alive', status: 'dequeued', assignment: 'assigned', ...untouched },
      { ...became('due in the queue', 'failed', 'DEADLINE_EXCEEDED'), assignment: null, success: null },
      { task_id: 'waits', status: 'queued', assignment: null, ...untouched },
    ]);
  });

  it('ends each task once with all others who end it at the same moment, and nobody waits in a circle', async () => {
    const queue = await newQueue();
    await queue.enqueue(...Array.from({ length: 40 }, (_, n) => task(`t${n}`, { maxAttempts: 1 })));
    const claimed = await queue.claim({ limit: 40 });
    await queue.alter('lease_expires_at = now()');
    const answers = await Promise.allSettled(
      claimed.flatMap(({ lease }) => [
        queue.in((tx) => completeTask(tx, lease)),
        queue.in((tx) => cancelTask(tx, { taskId: lease.taskId })),
        queue.in((tx) => reclaimExpired(tx, { limit: 7 })),
        queue.in((tx) => failTask(tx, lease, { message: 'no' })),
      ]),
    );
    const refusals = answers.flatMap((answer) =>
      answer.status === 'rejected' ? [(answer.reason as { code?: string }).code] : [],
    );
    expect(new Set(refusals)).toEqual(new Set(['LEASE_LOST']));
    const { rows } = await queue.in((tx) =>
      sql`
        select count(*)::int as tasks
        from task_queue as task
        join task_assignments as assignment using (tenant_id, task_id)
        join task_execution_history as attempt using (tenant_id, assignment_id)
        where assignment.status = task.status and attempt.success = (task.status = 'completed')`.execute(tx),
    );
    expect(rows).toEqual([{ tasks: 40 }]);
  });
});

describe('getQueueStatistics', () => {
  it('counts what waits and what became of the rest, of one tenant', async () => {
    const [queue, other] = [await newQueue(), await newQueue()];
    await expect(queue.in(getQueueStatistics)).resolves.toMatchObject({
      ...{ queueDepth: 0, totalEnqueued: 0, averageWaitTimeMs: undefined, maxWaitTimeMs: undefined },
      ...{ averageProcessingTimeMs: undefined, priorityDistribution: {}, statusDistribution: {} },
    });
    await other.enqueue(task('of the other'));
    const { lease } = await queue.take('done');
    await queue.in((tx) => completeTask(tx, lease));
    const { lease: second } = await queue.take('given up');
    await queue.in((tx) => failTask(tx, second, { message: 'no', isPermanent: true }));
    await queue.take('at work');
    await queue.enqueue(task('a', { priority: 3 }), task('b', { priority: 3 }), task('c', { priority: 9 }));
    await queue.in((tx) =>
      sql`
        update task_queue set created_at = dequeued_at - interval '3 days' where task_id = 'done'`.execute(
        tx,
      ),
    );
    const figures = { memoryUsageMb: 12.5, activeConnections: 3 };
    const recorded = await queue.in((tx) => recordQueueStatistics(tx, figures));
    expect(recorded).toMatchObject({
      ...{ queueDepth: 3, totalEnqueued: 6, totalDequeued: 3, totalCompleted: 1, totalFailed: 1 },
      ...{ maxWaitTimeMs: 3 * 86_400_000, averageProcessingTimeMs: expect.any(Number) as number },
      priorityDistribution: { 3: 2, 9: 1 },
      statusDistribution: { queued: 3, dequeued: 1, completed: 1, failed: 1 },
    });
    await queue.in((tx) => recordQueueStatistics(tx));
    const { rows } = await queue.in((tx) =>
      sql`
        select queue_depth, total_failed, max_wait_time_ms, memory_usage_mb, active_connections
        from queue_statistics order by recorded_at limit 1`.execute(tx),
    );
    expect(rows).toEqual([
      {
        ...{ queue_depth: 3, total_failed: '1', max_wait_time_ms: String(3 * 86_400_000) },
        ...{ memory_usage_mb: '12.50', active_connections: 3 },
      },
    ]);
    await expect(queue.in((tx) => recordQueueStatistics(tx, { memoryUsageMb: NaN }))).rejects.toMatchObject({
      code: 'INVALID_INPUT',
    });
  });
});

describe('listAssignments', () => {
  it('lists those of an agent, a task or a status, page by page', async () => {
    const queue = await newQueue();
    for (const id of ['a', 'b', 'c']) await queue.take(id);
    const list = (page: Parameters<typeof listAssignments>[1]) => queue.in((tx) => listAssignments(tx, page));
    const first = await list({ agentId: 'worker', limit: 2 });
    const second = await list({ agentId: 'worker', limit: 2, after: first.next });
    expect([...first.assignments, ...second.assignments].map(({ taskId }) => taskId)).toEqual([
      'c',
      'b',
      'a',
    ]);
    await expect(list({ taskId: 'b', status: 'assigned' })).resolves.toMatchObject({
      assignments: [{ taskId: 'b' }],
    });
    await expect(list({ agentId: 'nobody' })).resolves.toEqual({ assignments: [], next: undefined });
  });
});
