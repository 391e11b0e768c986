import type { SqlSession } from '@agent-agency/testing';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { insertQueueRows } from './support/queue-rows.ts';
import { insertRows, queryOne, queryValue, type Row } from './support/rows.ts';
import { STAGES, TenantStage } from './support/tenant-stage.ts';

const refusedBy = (constraint_name: string, code = '23514') => ({ code, constraint_name });

const AGENT = { agent_id: 'a', agent_name: 'A' };
const task = (fields: Row = {}): Row => ({
  ...{ task_id: 't', task_type: 'general', description: 'Do it.', ...fields },
});
const assignment = (fields: Row = {}): Row => ({
  ...{ assignment_id: 'x', task_id: 't', ...AGENT, agent_model_family: 'human' },
  ...{ deadline: '2025-01-01', assignment_timeout_ms: 1, ...fields },
});
const execution = (fields: Row = {}): Row => ({
  ...{ task_id: 't', attempt_number: 1, started_at: '2025-01-01', ...AGENT, ...fields },
});
const ROWS: Record<string, Row> = {
  task_queue: task({ task_id: 'other' }),
  task_assignments: assignment(),
  task_execution_history: execution(),
  queue_statistics: { recorded_at: '2025-01-01' },
  queue_configuration: { config_key: 'key', config_value: 1 },
};

const LEASE = { task_id: 't', lease_token: 1 };
const SUCCESS = { task_id: 't', success: true };

const READY = `requirements = '{}' and available_at <= now() and deadline_at > now()`;

/** What a worker runs, by the index that serves it: see the comment at idx_task_queue_dequeue. */
const NEXT = {
  idx_task_queue_dequeue: `status = 'queued' and priority >= 1 and ${READY} order by priority desc, created_at`,
  idx_task_queue_dequeue_fifo: `status = 'queued' and created_at >= '-infinity' and ${READY} order by created_at`,
  idx_task_queue_dequeue_deadline: `
    status = 'queued' and deadline_at >= '-infinity' and ${READY} order by deadline_at, priority desc, created_at`,
};
const nextTask = (which: string): string => `
  select task_id from task_queue where ${which} limit 1 for update skip locked`;
const NEXT_TASK = nextTask(NEXT.idx_task_queue_dequeue);

describe.each(STAGES)('the task queue %s', (name) => {
  const stage = new TenantStage(name, 2);
  const insert = (table: string, ...rows: Row[]): Promise<void> => insertRows(stage.session, table, rows);
  const ask = (text: string): Promise<Record<string, unknown>> => queryOne(stage.session, text);

  describe.skipIf(stage.kind === 'pglite')('its tables', () => {
    beforeEach(() => insert('task_queue', task()));

    it.each([
      ['task_queue', 'task_id', { task_id: '' }],
      ['task_queue', 'task_type', { task_type: 'cooking' }],
      ['task_queue', 'priority', { priority: 0 }],
      ['task_queue', 'priority', { priority: 11 }],
      ['task_queue', 'timeout_ms', { timeout_ms: 0 }],
      ['task_queue', 'attempts', { attempts: -1 }],
      ['task_queue', 'max_attempts', { max_attempts: 0 }],
      ['task_queue', 'budget_max_files', { budget_max_files: 0 }],
      ['task_queue', 'budget_max_loc', { budget_max_loc: 0 }],
      ['task_queue', 'required_capabilities', { required_capabilities: [] }],
      ['task_queue', 'requirements', { required_capabilities: { language: ['x'.repeat(2000)] } }],
      ['task_queue', 'lease_token', { lease_token: -1 }],
      ['task_queue', 'task_metadata', { task_metadata: 1 }],
      ['task_queue', 'status', { status: 'lost' }],
      ['task_assignments', 'assignment_id', { assignment_id: '' }],
      ['task_assignments', 'assignment_timeout_ms', { assignment_timeout_ms: 0 }],
      ['task_assignments', 'lease_token', { lease_token: 0 }],
      ['task_assignments', 'routing_confidence', { routing_confidence: 1.01 }],
      ['task_assignments', 'routing_confidence', { routing_confidence: 'NaN' }],
      ['task_assignments', 'routing_strategy', { routing_strategy: 'dice' }],
      ['task_assignments', 'status', { status: 'lost' }],
      ['task_assignments', 'progress', { progress: -0.01 }],
      ['task_assignments', 'progress', { progress: 'NaN' }],
      ['task_assignments', 'assignment_metadata', { assignment_metadata: [] }],
      ['task_execution_history', 'attempt_number', { attempt_number: 0 }],
      ['task_execution_history', 'execution_time_ms', { execution_time_ms: -1 }],
      ['task_execution_history', 'quality_score', { quality_score: 'NaN' }],
      ['task_execution_history', 'tokens_used', { tokens_used: -1 }],
      ['task_execution_history', 'caws_violations', { caws_violations: {} }],
      ['task_execution_history', 'caws_budget_used_files', { caws_budget_used_files: -1 }],
      ['task_execution_history', 'caws_budget_used_loc', { caws_budget_used_loc: -1 }],
      ['task_execution_history', 'execution_metadata', { execution_metadata: [] }],
      ['queue_statistics', 'queue_depth', { queue_depth: -1 }],
      ['queue_statistics', 'total_enqueued', { total_enqueued: -1 }],
      ['queue_statistics', 'total_dequeued', { total_dequeued: -1 }],
      ['queue_statistics', 'total_completed', { total_completed: -1 }],
      ['queue_statistics', 'total_failed', { total_failed: -1 }],
      ['queue_statistics', 'average_wait_time_ms', { average_wait_time_ms: 'NaN' }],
      ['queue_statistics', 'max_wait_time_ms', { max_wait_time_ms: -1 }],
      ['queue_statistics', 'average_processing_time_ms', { average_processing_time_ms: 'NaN' }],
      ['queue_statistics', 'priority_distribution', { priority_distribution: [] }],
      ['queue_statistics', 'status_distribution', { status_distribution: [] }],
      ['queue_statistics', 'memory_usage_mb', { memory_usage_mb: 'NaN' }],
      ['queue_statistics', 'active_connections', { active_connections: -1 }],
      ['queue_configuration', 'config_key', { config_key: '' }],
    ])('%s refuses a wrong %s: %j', async (table, column, fields) => {
      const row = ROWS[table] ?? {};
      await stage.session.query('savepoint before');
      await insert(table, row);
      await stage.session.query('rollback to before');
      await expect(insert(table, { ...row, ...fields })).rejects.toMatchObject(
        refusedBy(`${table}_${column}_check`),
      );
    });

    it.each([
      ['task_queue', 'task_queue_task_id_key'],
      ['task_assignments', 'task_assignments_assignment_id_key'],
      ['queue_statistics', 'queue_statistics_recorded_at_key'],
      ['queue_configuration', 'queue_configuration_config_key_key'],
    ])('%s knows a thing by its name once', async (table, constraint) => {
      const row = ROWS[table] ?? {};
      await expect(insert(table, row, row)).rejects.toMatchObject(refusedBy(constraint, '23505'));
    });

    it.each([
      ['task_assignments', 'one_lease_per_task', { ...LEASE }, { ...LEASE, status: 'executing' }],
      ['task_execution_history', 'one_success_per_task', SUCCESS, SUCCESS],
    ])('%s refuses a second one: %s', async (table, constraint, first, second) => {
      const row = ROWS[table] ?? {};
      const other = table === 'task_assignments' ? { assignment_id: 'other' } : {};
      await insert(table, { ...row, ...first });
      await expect(insert(table, { ...row, ...other, ...second })).rejects.toMatchObject(
        refusedBy(constraint, '23505'),
      );
    });

    it('take a second assignment when the first has ended, or was made by hand', async () => {
      await insert('task_assignments', assignment({ ...LEASE, assignment_id: 'ended', status: 'failed' }));
      await insert('task_assignments', assignment({ assignment_id: 'by hand' }));
      await insert('task_assignments', assignment({ ...LEASE, assignment_id: 'next', lease_token: 2 }));
      await insert('task_execution_history', execution({ success: false }));
      await insert('task_execution_history', execution({ success: true }));
    });

    it.each([
      ['task_assignments', { task_id: 'none' }, 'task_assignments_task_id_fkey'],
      ['task_execution_history', { task_id: 'none' }, 'task_execution_history_task_id_fkey'],
      ['task_execution_history', { assignment_id: 'none' }, 'task_execution_history_assignment_id_fkey'],
    ])('%s refuses %j', async (table, fields, constraint) => {
      await expect(insert(table, { ...ROWS[table], ...fields })).rejects.toMatchObject(
        refusedBy(constraint, '23503'),
      );
    });

    it.each(['task_queue', 'task_assignments', 'queue_configuration'])(
      '%s notes when a row changes',
      async (table) => {
        await insert(table, ROWS[table] ?? {});
        await stage.session.query(`update ${table} set updated_at = '2001-01-01'`);
        await expect(ask(`select bool_and(updated_at = now()) as are_now from ${table}`)).resolves.toEqual({
          are_now: true,
        });
      },
    );

    it('lose what is known of a task with it, and of an assignment what was done under it', async () => {
      await stage.session.query(`delete from task_queue`);
      await insertQueueRows(stage.session, 'acme');
      const left = `
        select
          (select count(*)::int from task_assignments) as assignments,
          (select count(*)::int from task_execution_history) as executions`;
      await expect(ask(left)).resolves.toEqual({ assignments: 1, executions: 1 });
      await stage.session.query('savepoint before');
      await stage.session.query('delete from task_assignments');
      await expect(ask(left)).resolves.toEqual({ assignments: 0, executions: 0 });
      await stage.session.query('rollback to before');
      await stage.session.query('delete from task_queue');
      await expect(ask(left)).resolves.toEqual({ assignments: 0, executions: 0 });
    });

    it('keep who did what when the agent goes', async () => {
      await insert('agent_profiles', { id: 'a', name: 'A', model_family: 'human' });
      await insert('task_assignments', assignment());
      await stage.session.query(`delete from agent_profiles where id = 'a'`);
      await expect(ask('select agent_id, agent_name from task_assignments')).resolves.toEqual(AGENT);
    });
  });

  describe.skipIf(stage.kind === 'pglite')('the next task', () => {
    const next = (session: SqlSession): Promise<unknown> => queryValue(session, NEXT_TASK);

    it('is the most urgent, and of those the oldest, among the queued', async () => {
      await insert(
        'task_queue',
        task({ task_id: 'normal', priority: 2, status: 'queued', created_at: '2025-01-01' }),
        task({ task_id: 'urgent and new', priority: 10, status: 'queued', created_at: '2025-01-03' }),
        task({ task_id: 'urgent and old', priority: 10, status: 'queued', created_at: '2025-01-02' }),
        task({ task_id: 'taken', priority: 10, status: 'dequeued', created_at: '2025-01-01' }),
      );
      await insert('task_queue', task({ task_id: 'waits', priority: 10, available_at: '2999-01-01' }));
      await insert('task_queue', task({ task_id: 'too late', priority: 10, deadline_at: '2025-01-01' }));
      const taken: unknown[] = [];
      while (taken.length < 3) {
        taken.push(await next(stage.session));
        await stage.session.query(`update task_queue set status = 'dequeued' where task_id = $1`, [
          taken.at(-1),
        ]);
      }
      expect(taken).toEqual(['urgent and old', 'urgent and new', 'normal']);
      expect((await stage.session.query(NEXT_TASK)).rows).toEqual([]);
    });

    it('is another one for each of two workers, and neither waits', async () => {
      const [giver, first, second] = [await stage.open(), await stage.open(), await stage.open()];
      onTestFinished(async () => {
        await Promise.all([first, second].map((session) => session.close()));
        await stage.begin(giver);
        await giver.query('delete from task_queue; commit');
        await giver.close();
      });
      await stage.begin(giver);
      await insertRows(giver, 'task_queue', [
        task({ task_id: 'one', priority: 3 }),
        task({ task_id: 'two', priority: 2 }),
      ]);
      await giver.query('commit');
      await stage.begin(first);
      await stage.begin(second);
      await expect(next(first)).resolves.toBe('one');
      await expect(next(second)).resolves.toBe('two');
      await second.query('rollback');
      await first.query('rollback');
      await stage.begin(second);
      await expect(next(second)).resolves.toBe('one');
    });

    it.each(Object.entries(NEXT))('is found by %s, which has the order', async (index, which) => {
      await stage.session.query(`
        insert into task_queue (task_id, task_type, description, priority, status)
        select n::text, 'general', 'Do it.', n % 10 + 1, case when n % 10 = 0 then 'queued' else 'completed' end
        from generate_series(1, 2000) as n`);
      const { rows } = await stage.session.query(`explain (costs off) ${nextTask(which)}`);
      const plan = rows.map((row) => row['QUERY PLAN']).join('\n');
      expect(plan).toContain(`Index Scan using ${index} `);
      expect(plan).not.toContain('Sort');
      // What waits is passed over inside the index.
      for (const condition of [/requirements = '\{\}'/, /available_at <= now\(\)/, /deadline_at > now\(\)/])
        expect(/Index Cond: .*/.exec(plan)?.[0]).toMatch(condition);
    });
  });

  describe.skipIf(stage.kind === 'pglite')('queue_configuration', () => {
    it('begins with the settings of the queue', async () => {
      const settings = 'select jsonb_object_agg(config_key, config_value) from queue_configuration';
      await expect(queryValue(stage.session, settings)).resolves.toEqual({
        ...{ max_capacity: 1000, default_timeout_ms: 30_000, max_retries: 3 },
        ...{ retry_base_delay_ms: 1000, retry_max_delay_ms: 300_000 },
        ...{ priority_mode: 'priority', persistence_enabled: true },
      });
    });

    it.each([
      ['max_capacity', '0'],
      ['max_capacity', '"many"'],
      ['default_timeout_ms', '-1'],
      ['default_timeout_ms', 'null'],
      ['max_retries', '-1'],
      ['max_retries', '[]'],
      ['retry_base_delay_ms', '0'],
      ['retry_max_delay_ms', '"long"'],
      ['priority_mode', '"random"'],
      ['priority_mode', '1'],
      ['persistence_enabled', '"true"'],
    ])('refuses as %s %s', async (key, value) => {
      const change = `update queue_configuration set config_value = $2::text::jsonb where config_key = $1`;
      await expect(stage.session.query(change, [key, value])).rejects.toMatchObject(
        refusedBy('queue_configuration_config_value_check'),
      );
    });

    it.each([
      ['max_retries', '0'],
      ['priority_mode', '"deadline"'],
      ['priority_mode', '"fifo"'],
      ['persistence_enabled', 'false'],
      ['anything else', '{"at": "all"}'],
    ])('takes as %s %s', async (key, value) => {
      const put = `
        insert into queue_configuration (config_key, config_value) values ($1, $2::text::jsonb)
        on conflict (config_key) do update set config_value = excluded.config_value`;
      await stage.session.query(
        name === 'with tenants' ? put.replace('(config_key) do', '(tenant_id, config_key) do') : put,
        [key, value],
      );
      await expect(
        queryValue(
          stage.session,
          'select config_value::text from queue_configuration where config_key = $1',
          [key],
        ),
      ).resolves.toBe(value);
    });
  });
});
