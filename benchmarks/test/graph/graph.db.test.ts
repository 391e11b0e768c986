import { testDatabase } from '@agent-agency/testing/vitest';
import { describe, expect, it } from 'vitest';
import { graph } from '../../graph/graph.ts';
import { runTiniest } from '../run-tiniest.ts';

const database = testDatabase();

// PGlite has one session for everybody.
describe.skipIf(database.kind === 'pglite')('graph', () => {
  it('walks a graph as it is in memory, and so does the recursive query', async () => {
    const cases = await runTiniest(graph, database);
    expect(cases.map((done) => done.case)).toEqual([
      '1 hops',
      '2 hops',
      '3 hops',
      '3 hops from the largest hub',
      '3 hops, budget as by default',
      'shortest path',
    ]);
    for (const { ours } of cases)
      expect(ours.figures).toMatchObject({ apacheAgeInstalled: expect.any(Number) as number });
  });
});
