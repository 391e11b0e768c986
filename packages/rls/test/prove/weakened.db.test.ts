import { testDatabase } from '@agent-agency/testing/vitest';
import { describe, expect, it } from 'vitest';
import { isProof, passes, survives, type Cell, type Proof } from '../../src/index.ts';
import { prove } from './support.ts';

const database = testDatabase();

const differences = ({ cells }: Proof): Cell[] => cells.filter((cell) => !passes(cell));

describe.skipIf(database.kind === 'pglite')('what the proof does not know', () => {
  it.each([
    [
      'a table',
      'create table stray (tenant_id text)',
      'drop table stray',
      'table stray: the model does not know it',
    ],
    [
      'a view',
      'create view stray as select 1 as one',
      'drop view stray',
      'view stray: the model does not know it',
    ],
    [
      'a function with somebody else’s rights',
      'create function stray() returns int language sql security definer return 1',
      'drop function stray()',
      'function stray(): the model does not know it',
    ],
  ])('is %s that nobody has classified', async (_, to, back, missing) => {
    const proof = await prove(database, { only: missing.replace(/^\w+ ([^:]+):.*/, '$1') }, { to, back });
    expect(proof.coverage.missing).toContain(missing);
    expect(isProof(proof)).toBe(false);
  });

  it('is a function that PUBLIC may execute', async () => {
    const change = {
      to: 'create function stray() returns int language sql return 1',
      back: 'drop function stray()',
    };
    expect(differences(await prove(database, { only: 'stray()' }, change))).toContainEqual(
      expect.objectContaining({ verb: 'rights', expected: 'nobody', actual: 'PUBLIC: execute' }),
    );
  });
});

describe.skipIf(database.kind === 'pglite')('what the proof notices', () => {
  it.each([
    [
      'a table without row level security',
      'knowledge_queries',
      'alter table knowledge_queries disable row level security',
      'alter table knowledge_queries enable row level security',
      'select',
    ],
    [
      'a view with its owner’s rights',
      'query_performance',
      'alter view query_performance set (security_invoker = false)',
      'alter view query_performance set (security_invoker = true)',
      'select',
    ],
    [
      'a materialized view that can be read',
      'hybrid_search_materialized',
      'grant select on hybrid_search_materialized to agent_agency_app',
      'revoke select on hybrid_search_materialized from agent_agency_app',
      'select',
    ],
    [
      'a key that other tenants’ rows are in the way of',
      'graph_config',
      "create unique index stray on graph_config (key) where key like 'proof%'",
      'drop index stray',
      'insert',
    ],
  ] as const)('is %s', async (_, only, to, back, verb) => {
    const proof = await prove(database, { only }, { to, back });
    expect(differences(proof).map((cell) => cell.verb)).toContain(verb);
  });

  it.each(['agent_profiles', 'audit_log', 'app.visible_tenants(text)'])(
    'is every mutant of %s',
    async (only) => {
      const { mutants = [] } = await prove(database, { only, mutate: true });
      expect(mutants.length).toBeGreaterThan(10);
      expect(mutants.filter(survives).map(({ mutant }) => mutant.what)).toEqual([]);
      // An excuse that a cell disproves is none.
      expect(mutants.filter((it) => it.killedBy !== undefined && it.equivalent !== undefined)).toEqual([]);
    },
  );
});
