import { stringify } from 'yaml';

/** A small spec in which nothing is wrong, to be spoilt by a test. */
export const validSpec = {
  id: 'FEAT-0001',
  title: 'A feature with a title',
  risk_tier: 1,
  mode: 'feature',
  change_budget: { max_files: 10, max_loc: 100 },
  blast_radius: { modules: ['packages/a'] },
  operational_rollback_slo: '30m',
  scope: { in: ['packages/a/src', 'migrations/*.sql'], out: ['packages/b'] },
  invariants: ['nothing is lost'],
  acceptance: [1, 2, 3, 4, 5].map((n) => ({ id: `A${n}`, given: 'a', when: 'b', then: 'c' })),
  non_functional: { perf: { api_p95_ms: 100 }, security: ['row-level security'] },
  contracts: [{ type: 'sql', path: 'migrations/001.sql', description: 'the tables' }],
  observability: { metrics: ['rows'] },
  rollback: ['run the down file'],
};

/** The text of the valid spec with some of its keys replaced; `undefined` removes one. */
export function specText(changes: Record<string, unknown> = {}): string {
  return stringify({ ...validSpec, ...changes });
}
