import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { connect, withSession, type SqlSession } from '@agent-agency/testing';
import { expect } from 'vitest';
import { writeLaterRows, type Stage } from './migration-plan-stage.ts';

type Check = (stage: Stage) => Promise<void>;

const COUNT = 'select count(*)::integer from agent_profiles';
const INSERT = `insert into task_queue (task_id, task_type, description, priority) values ('new', 'research', 'New', 5)`;
const INSERT_OWN = `insert into task_queue (tenant_id, task_id, task_type, description, priority)
  values ('default-tenant', 'new', 'research', 'New', 5)`;
const moveAll = (table: string): string =>
  `select migration_plan.move('default-tenant', 'acme', '{"${table}": "true"}')`;

/** What must hold after a step besides what it prints, by the number that its caption begins with. */
export const checks: Readonly<Record<string, Check>> = {
  async '1.1'({ urlFor }) {
    await expect(connect(urlFor('legacy_service'))).rejects.toThrow('too many connections');
  },

  async '1.2'(stage) {
    const empty = 'select table_name from migration_plan.measurements where row_count = 0';
    expect(await rowsOf(stage, empty)).toEqual([]);
  },

  async '1.3'({ operator }) {
    const roles = await readFile(join(operator.folder, 'roles.sql'), 'utf8');
    expect(roles).toContain('CREATE ROLE legacy_service');
  },

  // A comparison that found nothing in 3.1 has to be one that finds.
  async '3.1'({ url }) {
    for (const change of [
      `update agent_profiles set config = '{"a": 1}' where id = 'acme agent 1'`,
      'delete from queue_statistics',
      'truncate current_load',
      `insert into agent_capabilities (tenant_id, agent_id, capability_type, capability_value)
       values ('default-tenant', 'acme agent 1', 'language', 'sql')`,
    ]) {
      const changes = await inRollback(url, async (session) => {
        await session.query(change);
        await session.query(`call migration_plan.measure('changed')`);
        return (await session.query(`select * from migration_plan.changes('before', 'changed')`)).rows;
      });
      expect(changes, change).toHaveLength(1);
    }
  },

  // The table of chapter 4
  async '4.2'(stage) {
    for (const login of ['agent_agency_app', 'legacy_service', 'legacy_owner']) {
      expect(await attempt(stage, login, COUNT), login).toBe(0);
      expect(await attempt(stage, login, INSERT), login).toBe('42501');
      expect(await attempt(stage, login, INSERT_OWN), login).toBe('42501');
      const unsigned = `set local app.current_tenant = 'default-tenant'; ${COUNT}`;
      expect(await attempt(stage, login, unsigned), login).toBe(0);
    }
    expect(await attempt(stage, 'legacy_service', 'select app.current_tenant_id()')).toBe('42501');
    expect(await attempt(stage, 'postgres', COUNT)).toBe(4);
    expect(await attempt(stage, 'postgres', INSERT)).toBe('23502');
    expect(await attempt(stage, 'postgres', `${INSERT_OWN} returning 1`)).toBe(1);
    expect(await attempt(stage, 'postgres', `${INSERT_OWN} on conflict (task_id) do nothing`)).toBe('42P10');
    const byName = `${INSERT_OWN} on conflict on constraint task_queue_task_id_key do nothing returning 1`;
    expect(await attempt(stage, 'postgres', byName)).toBe(1);
    await expect(connect(stage.urlFor('legacy_service'))).rejects.toThrow('not permitted to log in');
  },

  async '4.3'({ urlFor }) {
    const wrong = urlFor('agent_agency_app').replace('@', ':wrong@');
    await expect(connect(wrong)).rejects.toThrow('password authentication failed');
  },

  async '4.8'(stage) {
    const signature = await readFile(join(stage.operator.folder, 'bridge.signature'), 'utf8');
    const settings = `set local app.current_tenant = 'default-tenant'; set local app.context_signature = '${signature.trim()}'`;
    expect(await attempt(stage, 'agent_agency_app', `${settings}; ${COUNT}`)).toBe(0);
  },

  async '5.3'(stage) {
    const { url } = stage;
    const move = (table: string): Promise<unknown> =>
      inRollback(url, (session) => session.query(moveAll(table)));
    // Torn from its task, which stays
    await expect(move('task_assignments')).rejects.toMatchObject({ code: '23503' });
    await expect(move('provenance_signing_keys')).rejects.toThrow('append-only');
    await inRollback(url, async (session) => {
      await session.query(moveAll('task_queue'));
      expect(await attempt(stage, 'postgres', 'select count(*)::integer from task_queue')).toBe(2);
      const write = `set local lock_timeout = '1ms'; delete from task_queue`;
      expect(await attempt(stage, 'postgres', write)).toBe('55P03');
    });
  },

  async '6.4'({ url }) {
    await writeLaterRows(url);
  },

  async '7.1'({ operator }) {
    const code = 'pg_restore --data-only --table=caws_provenance_graph --file=- after.dump';
    expect(await operator.run({ language: 'sh', code })).toContain('verdict of acme');
  },

  async '7.3'(stage) {
    const later = `
      select table_name, row_count::integer from migration_plan.measurements
      where step = 'applied again' and table_name not in (select table_name from migration_plan.at_007)`;
    const rows = await rowsOf(stage, later);
    expect(rows).toContainEqual({ table_name: 'session_participants', row_count: 2 });
    expect(rows).not.toContainEqual(expect.objectContaining({ row_count: 0 }));
  },

  async '7.4'(stage) {
    expect(await attempt(stage, 'legacy_owner', COUNT)).toBe(0);
  },

  async '7.6'(stage) {
    expect(await attempt(stage, 'agent_agency_app', COUNT)).toBe('42501');
    expect(await attempt(stage, 'legacy_service', COUNT)).toBe(4);
    expect(await attempt(stage, 'legacy_service', `${INSERT} returning 1`)).toBe(1);
  },

  async '7.7'(stage) {
    const databases = `select datname from pg_database where datname ~ '^agency' order by datname`;
    expect(await rowsOf(stage, databases)).toEqual([{ datname: 'agency' }, { datname: 'agency_broken' }]);
  },
};

/** What a login gets of a statement: the first value, or the SQLSTATE. Nothing of it lasts. */
function attempt({ url }: Stage, login: string, statement: string): Promise<unknown> {
  return inRollback(url, async (session) => {
    await session.query(`set session authorization ${login}`);
    try {
      const { rows } = await session.query(statement);
      return Object.values(rows[0] ?? {})[0];
    } catch (error) {
      return (error as { code?: string }).code;
    }
  });
}

function inRollback<T>(url: string, work: (session: SqlSession) => Promise<T>): Promise<T> {
  return withSession(url, async (session) => {
    await session.query('begin');
    try {
      return await work(session);
    } finally {
      await session.query('rollback');
    }
  });
}

function rowsOf({ url }: Stage, statement: string): Promise<Record<string, unknown>[]> {
  return withSession(url, async (session) => (await session.query(statement)).rows);
}
