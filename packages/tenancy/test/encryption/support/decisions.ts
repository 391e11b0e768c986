import type { TenantTransaction } from '@agent-agency/db-core';
import type { Application } from '@agent-agency/db-core/testing';
import { sql } from 'kysely';
import type { SensitiveColumn } from '../../../src/encryption/sensitive-columns.ts';
import type { TenantCipher } from '../../../src/encryption/tenant-cipher.ts';
import { asAdministrator } from './encrypted-tenants.ts';

/** A tenant table with sensitive columns, as a later package will have: one of text, one of bytes. */
export async function createDecisions(app: Application): Promise<void> {
  await asAdministrator(app, (session) =>
    session.query(`
      set role agent_agency_owner;
      create table decisions (
        tenant_id varchar(255) not null default app.current_tenant_id(),
        id bigint not null,
        rationale text,
        minutes bytea,
        primary key (tenant_id, id)
      );
      select app.isolate_tenant_table('decisions', 'tenant_id', 'tenant_decision_isolation');
      grant select, insert, update, delete on decisions to agent_agency_app;
      reset role;
    `),
  );
}

const common = { table: 'decisions', rowColumn: 'id', rowType: 'bigint' } as const;
export const RATIONALE: SensitiveColumn = { ...common, column: 'rationale', form: 'text' };
export const MINUTES: SensitiveColumn = { ...common, column: 'minutes', form: 'bytes' };
export const COLUMNS = [RATIONALE, MINUTES];

export const placeOf = (column: SensitiveColumn, id: number) => ({
  table: column.table,
  column: column.column,
  row: String(id),
});

/** What is stored of a decision. */
export interface StoredDecision {
  readonly id: string;
  readonly rationale: string;
  readonly minutes: Buffer;
}

export async function insertDecision(
  tx: TenantTransaction,
  cipher: TenantCipher,
  { id, text }: { readonly id: number; readonly text: string },
): Promise<void> {
  const rationale = await cipher.sealText(placeOf(RATIONALE, id), text);
  const minutes = await cipher.sealBytes(placeOf(MINUTES, id), Buffer.from(text));
  await sql`
    insert into decisions (tenant_id, id, rationale, minutes)
    values (${tx.tenantId}, ${id}, ${rationale}, ${minutes})
  `.execute(tx);
}

export async function storedDecisions(tx: TenantTransaction): Promise<StoredDecision[]> {
  return (
    await sql<StoredDecision>`
      select id, rationale, minutes from decisions where tenant_id = ${tx.tenantId} order by id
    `.execute(tx)
  ).rows;
}

/** The texts of all decisions, which both columns have. */
export async function readDecisions(tx: TenantTransaction, cipher: TenantCipher): Promise<string[]> {
  const texts: string[] = [];
  for (const { id, rationale, minutes } of await storedDecisions(tx)) {
    const text = await cipher.openText(placeOf(RATIONALE, Number(id)), rationale);
    const bytes = await cipher.openBytes(placeOf(MINUTES, Number(id)), minutes);
    texts.push(bytes.toString() === text ? text : `${text} is not ${bytes.toString()}`);
  }
  return texts;
}
