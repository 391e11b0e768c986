import type { ConnectionPoolManager } from '@agent-agency/db-core';
import { withSession } from '@agent-agency/testing';
import type { Case } from '../src/case.ts';
import { mapRecord } from '../src/map-record.ts';
import type { Examiner } from './examiner.ts';
import { MAX_CONNECTIONS, type LenderName } from './lenders.ts';

/** Whether the times mean anything, and whether the pools are as they were when all callers have gone. */
export async function checksOf(
  administratorUrl: string,
  manager: ConnectionPoolManager,
  examiners: Readonly<Record<LenderName, Examiner>>,
): Promise<Case['checks']> {
  const { rows } = await withSession(administratorUrl, (session) =>
    session.query(`
      select application_name as name, state
      from pg_stat_activity
      where datname = current_database() and usename = 'agent_agency_app'
    `),
  );
  const connections = mapRecord(
    examiners,
    ({ lender }) => rows.filter(({ name }) => name === lender.applicationName).length,
  );
  const all = Object.values(examiners);
  const stats = manager.getStats();
  return {
    everyAnswerRight: all.every((examiner) => examiner.isFaultless()),
    noCallerLost: all.every((examiner) => examiner.hasLostNobody()),
    noneLeftInTransaction: rows.every(({ state }) => state === 'idle'),
    withinMaximum: Object.values(connections).every((count) => count > 0 && count <= MAX_CONNECTIONS),
    countersRight:
      stats.waitingCount + stats.activeConnections + stats.acquire.timeouts === 0 &&
      stats.opened - stats.closed === stats.totalCount &&
      [stats.totalCount, connections.ours].every((count) => count === stats.idleCount),
  };
}
