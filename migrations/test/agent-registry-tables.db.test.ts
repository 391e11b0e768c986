import { beforeEach, describe, expect, it } from 'vitest';
import { insertRegistryRows } from './support/registry-rows.ts';
import { insertRows, queryOne, queryValue, type Row } from './support/rows.ts';
import { STAGES, TenantStage } from './support/tenant-stage.ts';

const refusedBy = (constraint_name: string, code = '23514') => ({ code, constraint_name });

describe.each(STAGES)('the agent registry %s', (name) => {
  const stage = new TenantStage(name, 1);
  const insert = (table: string, ...rows: Row[]): Promise<void> => insertRows(stage.session, table, rows);
  const ask = (text: string): Promise<Record<string, unknown>> => queryOne(stage.session, text);
  const agent = (fields: Row = {}): Row => ({ id: 'a', name: 'A', model_family: 'human', ...fields });

  describe.skipIf(stage.kind === 'pglite')('agent_profiles', () => {
    it('refuses an embedding without a direction', async () => {
      const zero = agent({ embedding: `[0${',0'.repeat(767)}]` });
      await expect(insert('agent_profiles', zero)).rejects.toMatchObject(
        refusedBy('agent_profiles_embedding_check'),
      );
    });

    it('takes an embedding of 768 dimensions', async () => {
      await insert('agent_profiles', agent({ embedding: `[1${',0'.repeat(767)}]` }));
      await expect(ask('select vector_dims(embedding) as dimensions from agent_profiles')).resolves.toEqual({
        dimensions: 768,
      });
    });

    it('refuses an embedding of other dimensions', async () => {
      await expect(insert('agent_profiles', agent({ embedding: '[1,0]' }))).rejects.toMatchObject({
        code: '22000',
      });
    });
  });

  describe.skipIf(stage.kind === 'pglite')('the tables of an agent', () => {
    beforeEach(() => insert('agent_profiles', agent()));

    it.each([
      ['agent_capabilities', { capability_type: 'colour' }, 'agent_capabilities_capability_type_check'],
      ['agent_capabilities', { capability_value: '' }, 'agent_capabilities_capability_value_check'],
      ['agent_performance_history', { success_count: 1 }, 'agent_performance_history_success_count_check'],
      ['agent_performance_history', { success_count: -1 }, 'agent_performance_history_success_count_check'],
      ['agent_performance_history', { quality_sum: 0.0001 }, 'agent_performance_history_quality_sum_check'],
      ['agent_performance_history', { quality_sum: 'NaN' }, 'agent_performance_history_quality_sum_check'],
      ['agent_performance_history', { latency_sum_ms: 1 }, 'agent_performance_history_latency_sum_ms_check'],
      ['agent_performance_history', { task_count: -1 }, 'agent_performance_history_latency_sum_ms_check'],
      ['agent_performance_events', { task_id: '' }, 'agent_performance_events_task_id_check'],
      ['agent_performance_events', { quality_score: -0.1 }, 'agent_performance_events_quality_score_check'],
      ['agent_performance_events', { quality_score: 'NaN' }, 'agent_performance_events_quality_score_check'],
      ['agent_performance_events', { latency_ms: -1 }, 'agent_performance_events_latency_ms_check'],
      ['agent_performance_events', { tokens_used: -1 }, 'agent_performance_events_tokens_used_check'],
      ['current_load', { active_tasks: -1 }, 'current_load_active_tasks_check'],
      ['current_load', { queued_tasks: -1 }, 'current_load_queued_tasks_check'],
      ['current_load', { capacity: 0 }, 'current_load_capacity_check'],
      ['current_load', { utilization_percent: 100.01 }, 'current_load_utilization_percent_check'],
      ['current_load', { utilization_percent: 'NaN' }, 'current_load_utilization_percent_check'],
    ])('%s refuses %j', async (table, fields, constraint) => {
      const rows: Record<string, Row> = {
        agent_capabilities: { capability_type: 'language', capability_value: 'sql' },
        agent_performance_events: { success: true, quality_score: 1, latency_ms: 0 },
      };
      const row = { agent_id: 'a', ...rows[table] };
      await stage.session.query('savepoint before');
      await insert(table, row);
      await stage.session.query('rollback to before');
      await expect(insert(table, { ...row, ...fields })).rejects.toMatchObject(refusedBy(constraint));
    });

    it.each([
      ['agent_capabilities', { capability_type: 'language', capability_value: 'sql' }],
      ['agent_performance_history', { task_count: 1 }],
      ['agent_performance_events', { success: true, quality_score: 1, latency_ms: 0 }],
      ['current_load', { active_tasks: 1 }],
    ])('%s refuses an agent that there is not', async (table, fields) => {
      await expect(insert(table, { agent_id: 'nobody', ...fields })).rejects.toMatchObject(
        refusedBy(`${table}_agent_id_fkey`, '23503'),
      );
    });

    it.each([
      ['agent_capabilities', 'unique_agent_capability_value'],
      ['agent_performance_history', 'agent_performance_history_pkey'],
      ['current_load', 'current_load_pkey'],
    ])('%s says a thing of an agent once', async (table, constraint) => {
      const fields =
        table === 'agent_capabilities' ? { capability_type: 'language', capability_value: 'sql' } : {};
      const row = { agent_id: 'a', ...fields };
      await expect(insert(table, row, row)).rejects.toMatchObject(refusedBy(constraint, '23505'));
    });

    it.each(['agent_performance_history', 'current_load'])('%s notes when a row changes', async (table) => {
      await insert(table, { agent_id: 'a', updated_at: '2000-01-01' });
      await stage.session.query(`update ${table} set updated_at = '2001-01-01'`);
      await expect(ask(`select updated_at = now() as is_now from ${table}`)).resolves.toEqual({
        is_now: true,
      });
    });

    it('agent_performance_history computes the rates from the sums, and assumes them before the first task', async () => {
      const rates = `
        select success_rate::text, average_quality::text, average_latency_ms from agent_performance_history`;
      await insert('agent_performance_history', { agent_id: 'a' });
      await expect(ask(rates)).resolves.toEqual({
        ...{ success_rate: '0.8000', average_quality: '0.7000', average_latency_ms: 5000 },
      });
      await stage.session.query(`
        update agent_performance_history
        set task_count = 3, success_count = 2, quality_sum = 2.0001, latency_sum_ms = 7`);
      await expect(ask(rates)).resolves.toEqual({
        ...{ success_rate: '0.6667', average_quality: '0.6667', average_latency_ms: 2 },
      });
    });

    it('current_load computes the utilization where there is a capacity, whatever is written', async () => {
      const utilization = 'select utilization_percent::float8 as utilization from current_load';
      await insert('current_load', {
        ...{ agent_id: 'a', active_tasks: 1, capacity: 3, utilization_percent: 90 },
      });
      await expect(ask(utilization)).resolves.toEqual({ utilization: 33.33 });
      await stage.session.query('update current_load set active_tasks = 4, utilization_percent = 1');
      await expect(ask(utilization)).resolves.toEqual({ utilization: 100 });
      await stage.session.query('update current_load set capacity = null, utilization_percent = 1');
      await expect(ask(utilization)).resolves.toEqual({ utilization: 1 });
    });

    it('are emptied of an agent that goes', async () => {
      await insert('agent_profiles', agent({ id: 'acme agent 1', name: 'acme agent 1' }));
      await insertRegistryRows(stage.session, 'acme');
      const left = `
        select
          (select count(*)::int from agent_capabilities) as capabilities,
          (select count(*)::int from agent_performance_history) as histories,
          (select count(*)::int from agent_performance_events) as events,
          (select count(*)::int from current_load) as loads`;
      await expect(ask(left)).resolves.toEqual({ capabilities: 1, histories: 1, events: 1, loads: 1 });
      await stage.session.query(`delete from agent_profiles where id = 'acme agent 1'`);
      await expect(ask(left)).resolves.toEqual({ capabilities: 0, histories: 0, events: 0, loads: 0 });
    });
  });

  describe.skipIf(stage.kind === 'pglite')('agent_profiles_with_capabilities', () => {
    const columns = `
      id, active_tasks, queued_tasks, utilization_percent::float8 as utilization, success_rate::float8 as success_rate,
      task_count, capabilities, task_types, languages, specializations`;
    const see = (): Promise<unknown> => ask(`select ${columns} from agent_profiles_with_capabilities`);

    it('shows an agent of which nothing else is known, with its own load', async () => {
      await insert('agent_profiles', agent({ active_tasks: 2, queued_tasks: 3, utilization_percent: 40 }));
      await expect(see()).resolves.toEqual({
        ...{
          id: 'a',
          active_tasks: 2,
          queued_tasks: 3,
          utilization: 40,
          success_rate: null,
          task_count: null,
        },
        ...{ capabilities: [], task_types: [], languages: [], specializations: [] },
      });
    });

    it('shows what is known of an agent once, whatever there is of it', async () => {
      await insert('agent_profiles', agent({ active_tasks: 2 }));
      await insert('agent_performance_history', { agent_id: 'a', success_count: 19, task_count: 20 });
      await insert('current_load', {
        agent_id: 'a',
        active_tasks: 0,
        queued_tasks: 1,
        utilization_percent: 5,
      });
      const of = (capability_type: string, capability_value: string): Row => ({
        ...{ agent_id: 'a', capability_type, capability_value },
      });
      await insert(
        'agent_capabilities',
        of('task_type', 'review'),
        of('language', 'sql'),
        of('language', 'c'),
        of('specialization', 'databases'),
      );
      await expect(see()).resolves.toEqual({
        ...{ id: 'a', active_tasks: 0, queued_tasks: 1, utilization: 5, success_rate: 0.95, task_count: 20 },
        capabilities: [
          { type: 'language', value: 'c' },
          { type: 'language', value: 'sql' },
          { type: 'specialization', value: 'databases' },
          { type: 'task_type', value: 'review' },
        ],
        ...{ task_types: ['review'], languages: ['c', 'sql'], specializations: ['databases'] },
      });
    });
  });

  describe.skipIf(stage.kind === 'pglite')('available_agents', () => {
    const available = (): Promise<unknown> =>
      queryValue(
        stage.session,
        `select coalesce(string_agg(id, ' ' order by success_rate desc), '') from available_agents`,
      );

    it('lists who is free, to be ordered by how well they do', async () => {
      await insert('agent_profiles', agent(), agent({ id: 'b', name: 'B' }));
      await insert(
        'agent_performance_history',
        { agent_id: 'a', task_count: 10, success_count: 5 },
        { agent_id: 'b', task_count: 10, success_count: 9 },
      );
      await expect(available()).resolves.toBe('b a');
    });

    it.each([
      ['is not active', { status: 'inactive' }],
      ['was not seen for a day', { last_active_at: '2000-01-01' }],
      ['is busy', { utilization_percent: 80 }],
    ])('does not list who %s', async (_, fields) => {
      await insert('agent_profiles', agent(fields));
      await insert('agent_performance_history', { agent_id: 'a' });
      await expect(available()).resolves.toBe('');
    });

    it('does not list whose performance nobody has begun to note', async () => {
      await insert('agent_profiles', agent());
      await expect(available()).resolves.toBe('');
    });

    it.each([
      [10, 90, ''],
      [90, 10, 'a'],
    ])(
      'takes of a profile’s load of %d and a current one of %d the current one',
      async (old, current, ids) => {
        await insert('agent_profiles', agent({ utilization_percent: old }));
        await insert('agent_performance_history', { agent_id: 'a' });
        await insert('current_load', { agent_id: 'a', utilization_percent: current });
        await expect(available()).resolves.toBe(ids);
      },
    );
  });
});
