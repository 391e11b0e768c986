import { sql, type Kysely } from 'kysely';
import type { Tables } from '../../src/index.ts';

type Transaction = Kysely<Tables>;

/** Inserts an agent into the transaction's tenant, or into the one that is named. */
export async function insertAgent(tx: Transaction, name: string, tenantId?: string): Promise<void> {
  if (tenantId === undefined) {
    await sql`insert into agent_profiles (id, name, model_family) values (${name}, ${name}, 'test')`.execute(
      tx,
    );
  } else {
    await sql`
      insert into agent_profiles (tenant_id, id, name, model_family) values (${tenantId}, ${name}, ${name}, 'test')
    `.execute(tx);
  }
}

export async function agentNames(tx: Transaction): Promise<string[]> {
  const { rows } = await sql<{ name: string }>`select name from agent_profiles order by name`.execute(tx);
  return rows.map(({ name }) => name);
}

export async function backendPid(tx: Transaction): Promise<number> {
  const { rows } = await sql<{ pid: number }>`select pg_backend_pid() as pid`.execute(tx);
  return Number(rows[0]?.pid);
}
