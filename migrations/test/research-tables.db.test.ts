import { describe, expect, it } from 'vitest';
import { insertResearchRows } from './support/research-rows.ts';
import { insertRows, queryOne, type Row } from './support/rows.ts';
import { STAGES, TenantStage } from './support/tenant-stage.ts';

describe.each(STAGES)('task_research_provenance %s', (name) => {
  const stage = new TenantStage(name, 5);
  const insert = (fields: Row = {}): Promise<void> =>
    insertRows(stage.session, 'task_research_provenance', [{ task_id: 't', queries: [], ...fields }]);
  const ask = (text: string): Promise<Record<string, unknown>> => queryOne(stage.session, text);

  describe.skipIf(stage.kind === 'pglite')('the table', () => {
    it.each([
      ['task_id', { task_id: '' }],
      ['queries', { queries: {} }],
      ['queries', { queries: 'How?' }],
      ['findings_count', { findings_count: -1 }],
      ['confidence', { confidence: 1.01 }],
      ['confidence', { confidence: -0.01 }],
      ['confidence', { confidence: 'NaN' }],
      ['duration_ms', { duration_ms: -1 }],
    ])('refuses a bad %s: %j', async (column, fields) => {
      await expect(insert({ findings_count: 0, confidence: 0, ...fields })).rejects.toMatchObject({
        code: '23514',
        constraint_name: `task_research_provenance_${column}_check`,
      });
    });

    it('numbers its rows, and takes a number that is given', async () => {
      await insertResearchRows(stage.session, 'default-tenant');
      await insert({ id: 1_000_000_000_000 });
      await expect(
        ask('select count(distinct id)::int as rows, max(id) as last from task_research_provenance'),
      ).resolves.toEqual({ rows: 2, last: '1000000000000' });
    });

    it('says of a row what nobody said otherwise', async () => {
      await insert();
      await expect(
        ask(`
          select findings_count, confidence, successful, duration_ms, error, performed_at = now() as now
          from task_research_provenance`),
      ).resolves.toEqual({
        ...{
          findings_count: 0,
          confidence: '0.00',
          successful: true,
          duration_ms: null,
          error: null,
          now: true,
        },
      });
    });
  });
});
