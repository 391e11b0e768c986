import { explainStatements, useApplication } from '@agent-agency/db-core/testing';
import { matching, testDatabase } from '@agent-agency/testing/vitest';
import { sql } from 'kysely';
import { describe, expect, it } from 'vitest';
import {
  claimTasks,
  completeTask,
  enqueueTasks,
  listAssignments,
  listExecutions,
  type TaskInput,
} from '../../src/index.ts';
import { holdOpen, ids, task, untilSomebodyWaits, useQueues } from '../support/queue.ts';

const app = useApplication(testDatabase());
const newQueue = useQueues(app, 24);

const PAST = new Date('2025-01-01T00:00:00Z');
const FUTURE = new Date('2999-01-01T00:00:00Z');

/** What a JavaScript caller may pass, whatever the types say. */
const unchecked = (value: unknown) => value as TaskInput;

describe('enqueueTasks', () => {
  it('stores what it is given, and the rest as the queue is configured', async () => {
    const queue = await newQueue();
    await queue.set('default_timeout_ms', 1234);
    await queue.set('max_retries', 6);
    const whole: Required<TaskInput> = {
      ...{ id: 'whole', type: 'code-review', description: 'Look at it.', priority: 7 },
      ...{ timeoutMs: 5000, maxAttempts: 2, maxFiles: 3, maxLinesOfCode: 4 },
      requiredCapabilities: { languages: ['sql', 'c', 'sql'], specializations: ['naïve "bayes"'] },
      metadata: { commit: 'c0ffee', depth: [1, { deep: null }] },
      ...{ availableAt: PAST, deadlineAt: FUTURE },
    };
    await expect(queue.enqueue(whole, task('bare'))).resolves.toEqual({ created: 2 });
    await expect(queue.get('whole')).resolves.toMatchObject({
      ...whole,
      requiredCapabilities: { taskTypes: [], languages: ['c', 'sql'], specializations: ['naïve "bayes"'] },
      ...{ status: 'queued', attempts: 0, dequeuedAt: undefined, completedAt: undefined },
    });
    await expect(queue.get('bare')).resolves.toMatchObject({
      ...{ priority: 1, timeoutMs: 1234, maxAttempts: 7, maxFiles: 40, maxLinesOfCode: 1500 },
      ...{ metadata: {}, deadlineAt: undefined },
    });
  });

  it('does nothing when the same task comes again, whatever became of it and of the configuration', async () => {
    const queue = await newQueue();
    const { lease } = await queue.take('a', { deadlineAt: FUTURE });
    await queue.in((tx) => completeTask(tx, lease));
    await queue.set('default_timeout_ms', 1234);
    const before = await queue.rows();
    const again = task('a', { priority: 10, availableAt: FUTURE, metadata: {} });
    await expect(queue.enqueue(again)).resolves.toEqual({ created: 0 });
    await expect(queue.rows()).resolves.toEqual(before);
  });

  it('refuses another task of a known id, and writes nothing', async () => {
    const queue = await newQueue();
    await queue.enqueue(task('a'), task('b'));
    const before = await queue.rows();
    const others: Partial<TaskInput>[] = [
      ...[
        { type: 'research' as const },
        { description: 'Something else.' },
        { priority: 2 },
        { timeoutMs: 1 },
      ],
      ...[{ maxAttempts: 9 }, { maxFiles: 9 }, { maxLinesOfCode: 9 }, { metadata: { other: true } }],
      { requiredCapabilities: { languages: ['c'] } },
    ];
    for (const fields of others)
      await expect(queue.enqueue(task('new'), task('b'), task('a', fields))).rejects.toMatchObject({
        ...{ code: 'TASK_CONFLICT', details: { places: [2] } },
      });
    await expect(queue.rows()).resolves.toEqual(before);
  });

  it('fills the queue to its capacity and no further', async () => {
    const queue = await newQueue();
    await queue.set('max_capacity', 3);
    await queue.enqueue(task('a'), task('b'));
    await expect(queue.enqueue(task('c'), task('d'))).rejects.toMatchObject({
      ...{ code: 'QUEUE_FULL', details: { capacity: 3 } },
    });
    await queue.enqueue(task('c'));
    await expect(queue.enqueue(task('c'), task('b'))).resolves.toEqual({ created: 0 });
    await queue.claim();
    await queue.enqueue(task('d'));
  });

  it('lets two callers at the same moment not pass the capacity together', async () => {
    const queue = await newQueue();
    await queue.set('max_capacity', 4);
    await queue.enqueue(task('a'), task('b'));
    const first = await holdOpen(queue, (tx) => enqueueTasks(tx, [task('c'), task('d')]));
    const second = queue.enqueue(task('e'), task('f'));
    const refused = expect(second).rejects.toMatchObject({ code: 'QUEUE_FULL' });
    await untilSomebodyWaits(app);
    await first.release();
    await refused;
  });

  it('stores a task once that two callers give in opposite orders', async () => {
    const queue = await newQueue();
    const many = Array.from({ length: 200 }, (_, n) => task(`t${n}`));
    const answers = await Promise.all([queue.enqueue(...many), queue.enqueue(...many.toReversed())]);
    expect(answers.map(({ created }) => created).sort((a, b) => a - b)).toEqual([0, 200]);
  });

  it('lists every problem and writes nothing', async () => {
    const queue = await newQueue();
    const circle: Record<string, unknown> = {};
    circle['self'] = circle;
    const wrong = [
      unchecked({ ...task('x'.repeat(10_000)), priority: NaN, timeoutMs: -1, maxAttempts: 0.5 }),
      unchecked({ ...task(''), type: 'cooking', priority: 11, maxFiles: 0, deadlineAt: new Date(NaN) }),
      unchecked({ ...task('nul\0'), description: '\ud800', metadata: { nan: NaN }, other: 1 }),
      unchecked({ ...task('circle'), metadata: circle, availableAt: '2025-01-01' }),
      unchecked({
        ...task('long'),
        requiredCapabilities: { languages: Array.from({ length: 30 }, (_, n) => `${n}`.repeat(40)) },
      }),
      task('twice'),
      task('twice'),
    ];
    const problems = [
      ...['0.id', '0.priority', '0.timeoutMs', '0.maxAttempts', '1.id', '1.type', '1.priority', '1.maxFiles'],
      ...['1.deadlineAt', '2.id', '2.description', '2.metadata', '3.metadata', '3.availableAt'],
      ...['4.requiredCapabilities'],
    ];
    const error: unknown = await queue.enqueue(...wrong).catch((refused: unknown) => refused);
    expect(error).toMatchObject({ code: 'INVALID_INPUT' });
    for (const problem of problems) expect(String(error)).toContain(`${problem} `);
    await expect(queue.enqueue(task('a'), task('a'))).rejects.toMatchObject({
      message: matching(/1\.id is the id of 0 as well/),
    });
    await expect(queue.claim()).resolves.toEqual([]);
  });
});

describe('claimTasks', () => {
  it.each([
    ['priority', ['urgent', 'old', 'new', 'due']],
    ['fifo', ['old', 'new', 'due', 'urgent']],
    ['deadline', ['due', 'urgent', 'old', 'new']],
  ])('takes the tasks in the order of the mode %s, across what they require', async (mode, order) => {
    const queue = await newQueue();
    await queue.set('priority_mode', mode);
    await queue.declare('language', 'sql', 'c');
    await queue.enqueue(
      task('old', { priority: 5, requiredCapabilities: { languages: ['c'] } }),
      task('new', { priority: 5 }),
      task('due', { priority: 1, requiredCapabilities: { languages: ['sql'] }, deadlineAt: FUTURE }),
      task('urgent', { priority: 9, requiredCapabilities: { languages: ['c', 'sql'] } }),
    );
    expect([...ids(await queue.claim()), ...ids(await queue.claim({ limit: 10 }))]).toEqual(order);
  });

  it('takes only what the agent declares all of', async () => {
    const queue = await newQueue();
    await queue.declare('language', 'sql');
    await queue.declare('task_type', 'research', 'c');
    const requiring = (id: string, requiredCapabilities: TaskInput['requiredCapabilities']) =>
      task(id, { requiredCapabilities });
    await queue.enqueue(
      requiring('nothing', {}),
      requiring('one', { languages: ['sql'] }),
      requiring('both', { languages: ['sql'], taskTypes: ['research'] }),
      requiring('more', { languages: ['sql', 'c'] }),
      requiring('of another type', { specializations: ['sql'] }),
      requiring('in another case', { languages: ['SQL'] }),
    );
    expect(ids(await queue.claim({ limit: 10 }))).toEqual(['nothing', 'one', 'both']);
  });

  it('passes over what waits for its time and what is too late', async () => {
    const queue = await newQueue();
    await queue.enqueue(
      task('early', { availableAt: FUTURE }),
      task('late', { deadlineAt: PAST }),
      task('now', { availableAt: PAST, deadlineAt: FUTURE }),
    );
    expect(ids(await queue.claim({ limit: 10 }))).toEqual(['now']);
  });

  it('gives a lease, an assignment and an attempt', async () => {
    const queue = await newQueue();
    const claimed = await queue.take('a', { timeoutMs: 60_000, metadata: { commit: 'c0ffee' } });
    expect(claimed).toMatchObject({
      ...{ id: 'a', status: 'dequeued', attempts: 1, metadata: { commit: 'c0ffee' } },
      lease: { taskId: 'a', token: 1 },
    });
    const begunAt = claimed.dequeuedAt?.getTime() ?? 0;
    expect(claimed.lease.expiresAt.getTime() - begunAt).toBe(30_000);
    expect(claimed.attemptDeadlineAt.getTime() - begunAt).toBe(60_000);
    const { assignments } = await queue.in((tx) => listAssignments(tx));
    expect(assignments).toMatchObject([
      {
        ...{ id: claimed.assignmentId, taskId: 'a', agentId: 'worker', agentName: 'Worker', leaseToken: 1 },
        ...{ agentModelFamily: 'test', status: 'assigned', progress: 0, assignedAt: claimed.dequeuedAt },
        deadlineAt: claimed.attemptDeadlineAt,
      },
    ]);
    const { executions } = await queue.in((tx) => listExecutions(tx));
    expect(executions).toMatchObject([
      {
        ...{ taskId: 'a', assignmentId: claimed.assignmentId, attempt: 1, agentId: 'worker' },
        ...{ startedAt: claimed.dequeuedAt, completedAt: undefined, success: undefined },
      },
    ]);
  });

  it('bounds the lease by the timeout of the task and by its deadline', async () => {
    const queue = await newQueue();
    const short = await queue.take('short', { timeoutMs: 1000 });
    expect(short.lease.expiresAt.getTime() - (short.dequeuedAt?.getTime() ?? 0)).toBe(1000);
    const deadlineAt = new Date(Date.now() + 20_000);
    const due = await queue.take('due', { deadlineAt, timeoutMs: 60_000 });
    expect([due.lease.expiresAt, due.attemptDeadlineAt]).toEqual([deadlineAt, deadlineAt]);
  });

  it('gives each of two workers other tasks at the same moment, however many the first has locked', async () => {
    const queue = await newQueue();
    await queue.enqueue(...Array.from({ length: 330 }, (_, n) => task(`t${n}`)));
    const first = await holdOpen(queue, (tx) => claimTasks(tx, { agentId: 'worker', limit: 320 }));
    expect(first.result).toHaveLength(320);
    const second = await queue.claim({ limit: 20 });
    expect(ids(second)).toEqual(Array.from({ length: 10 }, (_, n) => `t${320 + n}`));
    await first.release();
    await expect(queue.claim()).resolves.toEqual([]);
  });

  it('gives tasks of the tenant only, to its own agents', async () => {
    const [queue, other] = [await newQueue(), await newQueue()];
    await queue.enqueue(task('a'));
    await expect(other.claim()).resolves.toEqual([]);
    await other.in((tx) => sql`update agent_profiles set id = 'of the other'`.execute(tx));
    for (const agentId of ['of the other', 'nobody'])
      await expect(queue.claim({ agentId })).rejects.toMatchObject({ code: 'AGENT_NOT_FOUND' });
    await queue.in((tx) => sql`update agent_profiles set status = 'archived'`.execute(tx));
    await expect(queue.claim()).rejects.toMatchObject({ code: 'AGENT_INACTIVE' });
  });

  it('refuses what is no claim', async () => {
    const queue = await newQueue();
    for (const claim of [
      { agentId: '' },
      { agentId: 'x'.repeat(10_000) },
      { limit: 0 },
      { limit: NaN },
      { leaseMs: -1 },
    ])
      await expect(queue.claim(claim)).rejects.toMatchObject({ code: 'INVALID_INPUT' });
  });

  it.each([
    ['priority', 'idx_task_queue_dequeue'],
    ['fifo', 'idx_task_queue_dequeue_fifo'],
    ['deadline', 'idx_task_queue_dequeue_deadline'],
  ])(
    'finds the next task by the index of the mode %s, however many come first that it cannot do',
    async (mode, index) => {
      const queue = await newQueue();
      await queue.set('priority_mode', mode);
      await queue.set('max_capacity', 10_000);
      await queue.in((tx) =>
        sql`
        insert into task_queue (task_id, task_type, description, priority, status, required_capabilities, created_at)
        select
          n::text, 'general', 'Do it.', 10,
          case when n % 2 = 0 then 'completed' else 'queued' end,
          jsonb_build_object('language', jsonb_build_array('not ' || n % 5)),
          now() - interval '1 hour'
        from generate_series(1, 2000) as n`.execute(tx),
      );
      await queue.enqueue(task('the one'), task('waits', { availableAt: FUTURE }));
      await queue.in(async (tx) => {
        const plans = await explainStatements(tx, (it) => claimTasks(it, { agentId: 'worker' }));
        // The agent, and the claim.
        const [, claim = []] = plans;
        const scans = claim.filter(
          (node) => node['Relation Name'] === 'task_queue' && 'Scan Direction' in node,
        );
        const used = scans.map((node) => node['Index Name']);
        expect(used.filter((name) => name !== 'task_queue_pkey')).toEqual([index, index]);
        expect(claim.map((node) => node['Node Type'])).not.toContain('Seq Scan');
      });
    },
  );
});

describe('enqueueTasks with claimTasks in one transaction', () => {
  it('gives what was just put in', async () => {
    const queue = await newQueue();
    const claimed = await queue.in(async (tx) => {
      await enqueueTasks(tx, [task('a')]);
      return claimTasks(tx, { agentId: 'worker' });
    });
    expect(ids(claimed)).toEqual(['a']);
  });
});
