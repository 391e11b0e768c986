import { describe, expect, it } from 'vitest';
import { WorkingSpec } from '../../src/caws/working-spec.ts';
import { validSpec } from './valid-spec.ts';

const problemsOf = (changes: Record<string, unknown>): string[] => {
  const { error } = WorkingSpec.safeParse({ ...validSpec, ...changes });
  return (error?.issues ?? []).map(({ path }) => path.join('.'));
};

describe('WorkingSpec', () => {
  it('accepts a spec with only the required keys', () => {
    expect(problemsOf({ observability: undefined, rollback: undefined })).toEqual([]);
  });

  it('accepts every optional key', () => {
    const optional = {
      waiver_ids: ['WV-0001'],
      blast_radius: { modules: [], data_migration: true },
      non_functional: { a11y: ['keyboard'], perf: { api_p95_ms: 1, lcp_ms: 1 }, security: [] },
      observability: { logs: [], metrics: [], traces: [] },
      migrations: ['one'],
      experiment_mode: false,
      timeboxed_hours: 8,
      human_override: {
        approved_by: 'a',
        reason: 'b',
        waived_requirements: ['coverage'],
        expiry_date: '2027-01-01T00:00:00Z',
      },
      ai_assessment: { confidence_level: 7, uncertainty_areas: ['x'], recommended_pairing: true },
    };
    expect(problemsOf(optional)).toEqual([]);
  });

  it.each(['1', '2', '3', 1, 2, 3])('reads risk tier %j as a number', (risk_tier) => {
    expect(WorkingSpec.parse({ ...validSpec, risk_tier }).risk_tier).toBe(Number(risk_tier));
  });

  it.each(Object.keys(validSpec).filter((key) => !['observability', 'rollback'].includes(key)))(
    'requires %s',
    (key) => {
      expect(problemsOf({ [key]: undefined })).toEqual([key]);
    },
  );

  it.each([
    ['id', { id: 'V2-DATABASE-LAYER' }],
    ['id', { id: 'ARCH-001' }],
    ['title', { title: 'too short' }],
    ['title', { title: 'x'.repeat(201) }],
    ['risk_tier', { risk_tier: 4 }],
    ['risk_tier', { risk_tier: '0' }],
    ['mode', { mode: 'experiment' }],
    ['change_budget.max_loc', { change_budget: { max_files: 1 } }],
    ['change_budget.max_files', { change_budget: { max_files: 0, max_loc: 1 } }],
    ['change_budget.max_loc', { change_budget: { max_files: 1, max_loc: 1.5 } }],
    ['waiver_ids.0', { waiver_ids: ['W-1'] }],
    ['blast_radius.modules', { blast_radius: {} }],
    ['blast_radius.data_migration', { blast_radius: { modules: [], data_migration: 'yes' } }],
    ['scope.in', { scope: { in: [], out: [] } }],
    ['scope.out', { scope: { in: ['a'] } }],
    ['invariants', { invariants: [] }],
    ['acceptance', { acceptance: [] }],
    ['acceptance.0.id', { acceptance: [{ id: 'DB-VEC-001', given: 'a', when: 'b', then: 'c' }] }],
    ['acceptance.0.then', { acceptance: [{ id: 'A1', given: 'a', when: 'b' }] }],
    ['non_functional.perf.api_p95_ms', { non_functional: { perf: { api_p95_ms: 0 } } }],
    ['contracts', { contracts: [] }],
    ['contracts.0.type', { contracts: [{ type: 'yaml', path: 'a' }] }],
    ['contracts.0.path', { contracts: [{ type: 'sql' }] }],
    ['rollback', { rollback: 'run it backwards' }],
    ['timeboxed_hours', { timeboxed_hours: 0 }],
    ['human_override.approved_by', { human_override: { reason: 'because' } }],
    [
      'human_override.expiry_date',
      { human_override: { approved_by: 'a', reason: 'b', expiry_date: 'soon' } },
    ],
    ['ai_assessment.confidence_level', { ai_assessment: { confidence_level: 11 } }],
  ])('refuses a wrong %s', (path, changes) => {
    expect(problemsOf(changes)).toEqual([path]);
  });

  it.each([
    ['', { threats: ['data loss'] }],
    ['change_budget', { change_budget: { max_files: 1, max_loc: 1, max_days: 1 } }],
    ['scope', { scope: { in: ['a'], out: [], maybe: [] } }],
    ['acceptance.0', { acceptance: [{ id: 'A1', given: 'a', when: 'b', then: 'c', and: 'd' }] }],
    ['non_functional', { non_functional: { reliability: {} } }],
    ['non_functional.perf', { non_functional: { perf: { vector_search_p95_ms: 100 } } }],
    ['observability', { observability: { alerts: [] } }],
  ])('refuses an unknown key in "%s"', (path, changes) => {
    expect(problemsOf(changes)).toEqual([path]);
  });
});
