import type { SqlSession } from '@agent-agency/testing';
import { insertRows } from './rows.ts';

/** Puts a row into the provenance of research, as the application in the tenant's own context. */
export async function insertResearchRows(session: SqlSession, tenant: string): Promise<void> {
  await insertRows(session, 'task_research_provenance', [
    { task_id: `${tenant} task 1`, queries: ['How do tides work?'], findings_count: 1, confidence: 0.8 },
  ]);
}
