import type { TenantTransaction } from '@agent-agency/db-core';
import { useApplication } from '@agent-agency/db-core/testing';
import { connect, type SqlSession } from '@agent-agency/testing';
import { testDatabase } from '@agent-agency/testing/vitest';
import { afterAll, beforeAll } from 'vitest';
import {
  type ProvenanceNodeRecord,
  type RecordedVerdict,
  recordVerdict,
  type VerdictToRecord,
} from '../../../src/index.ts';
import { testSigner } from '../../fixtures/chain.ts';
import { storedLog } from '../../log/support/nodes.ts';

/** A verdict with what a test is about. */
export const verdict = (fields: Partial<VerdictToRecord> = {}): VerdictToRecord => ({
  taskId: '11111111-1111-4111-8111-111111111111',
  decisionType: 'accept',
  decisionData: { reasons: ['tests pass', 'größer als 1 €'], weight: 1e21 },
  consensusScore: 0.29,
  cawsCompliance: { tier: 1, passed: true },
  ...fields,
});

/** A test file's database and tenants in it. */
export interface Records {
  readonly inTenant: <T>(tenantId: string, work: (tx: TenantTransaction) => Promise<T>) => Promise<T>;
  readonly newTenant: () => string;
  readonly logOf: (tenantId: string) => Promise<ProvenanceNodeRecord[]>;
  readonly record: (tenantId: string, fields?: Partial<VerdictToRecord>) => Promise<RecordedVerdict>;
  /** Runs SQL as the administrator. */
  readonly administer: (statement: string) => Promise<unknown>;
  /** Runs SQL as somebody whom no trigger stops. */
  readonly withEveryRight: (statements: readonly string[]) => Promise<void>;
}

/** @param tenants how many a file needs, made at once */
export function useRecords(tenants: number): Records {
  const app = useApplication(testDatabase());
  let unused: string[] = [];
  let administrator: SqlSession;
  beforeAll(async () => {
    [unused, administrator] = await Promise.all([app.newTenants(tenants), connect(app.database.url)]);
  });
  afterAll(() => administrator.close());
  return {
    inTenant: (tenantId, work) => app.inTenant(tenantId, work),
    newTenant() {
      const tenant = unused.pop();
      if (tenant === undefined) throw new RangeError('make more tenants beforehand');
      return tenant;
    },
    logOf: (tenantId) => app.inTenant(tenantId, storedLog),
    record: (tenantId, fields) =>
      app.inTenant(tenantId, (tx) => recordVerdict(tx, verdict(fields), testSigner)),
    administer: (statement) => administrator.query(statement),
    async withEveryRight(statements) {
      const begin = 'begin; set local session_replication_role = replica';
      await administrator.query([begin, ...statements, 'commit'].join(';\n'));
    },
  };
}
