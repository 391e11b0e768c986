/** A working spec in which nothing is wrong, with the keys that have to be there. */
export const publishedSpec = {
  id: 'FEAT-0001',
  title: 'A feature with a title',
  risk_tier: 2,
  mode: 'feature',
  change_budget: { max_files: 10, max_loc: 400 },
  blast_radius: { modules: ['packages/a'] },
  operational_rollback_slo: '30m',
  scope: { in: ['packages/a/src'], out: [] },
  invariants: ['nothing is lost'],
  acceptance: [{ id: 'A1', given: 'a row', when: 'it is read', then: 'it is there' }],
  non_functional: {},
  contracts: [{ type: 'sql', path: 'migrations/001.sql', description: 'an open key' }],
};

/** Every optional key. */
export const fullSpec = {
  ...publishedSpec,
  waiver_ids: ['WV-0001'],
  blast_radius: { modules: [], data_migration: true },
  non_functional: { a11y: ['keyboard'], perf: { api_p95_ms: 250, lcp_ms: 1 }, security: ['rls'] },
  observability: { logs: [], metrics: ['rows'], traces: [] },
  migrations: ['one'],
  rollback: ['back'],
  experiment_mode: false,
  timeboxed_hours: 8,
  human_override: {
    approved_by: 'ada',
    reason: 'a release',
    waived_requirements: ['coverage'],
    expiry_date: '2027-01-01T00:00:00Z',
  },
  ai_assessment: { confidence_level: 7, uncertainty_areas: ['x'], recommended_pairing: true },
};

/** The shape of the database layer's own spec: named ids, budgets of its own, threats. */
export const extendedSpec = {
  ...publishedSpec,
  id: 'V2-DATABASE-LAYER',
  risk_tier: 1,
  threats: ['data is lost on the way'],
  acceptance: ['DB-VEC-001', 'DB-TENANT-001'].map((id) => ({ id, given: 'a', when: 'b', then: 'c' })),
  non_functional: {
    perf: { vector_search_p95_ms: 100, provenance_write_ms: 50 },
    security: ['row-level-security'],
    reliability: { data_integrity: 1 },
  },
};

/** A waiver in a file of its own. */
export const titledWaiver = {
  id: 'WV-0001',
  title: 'A larger budget',
  reason: 'emergency_hotfix',
  status: 'active',
  gates: ['budget_limit'],
  approvers: ['lead@example.com'],
  expires_at: '2026-12-31',
  delta: { max_files: 25, max_loc: 4000 },
};

/** A waiver of the schema, which has its id as its key. */
export const gateWaiver = {
  gate: 'coverage',
  reason: 'generated code is in it',
  owner: 'ada',
  expiry: '2026-12-31T23:59:59Z',
};

export const policy = {
  version: 1,
  risk_tiers: { '1': { max_files: 10, max_loc: 250 }, '2': { max_files: 100, max_loc: 10_000 } },
  gates: { budget_limit: { enabled: true, mode: 'block' } },
};

export const gateChecks = {
  coverage: { passed: true, score: 0.91, details: { branches: 0.91 } },
  mutation: { passed: false, score: 0.4, errors: ['too low'] },
};

export const manifest = {
  agent: 'worker-1',
  model: 'some-model',
  commit: 'b5bb9d8014a0f9b1d61e21e796d78dccdf1352f2',
  artifacts: ['packages/a/src/index.ts'],
  results: { coverage_branch: 0.91, mutation_score: 0.72, tests_passed: 120 },
  approvals: ['ada'],
};
