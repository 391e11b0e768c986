import { z } from 'zod';

const text = z.string();
const texts = z.array(text);
const positive = z.int().min(1);

const ChangeBudget = z.strictObject({ max_files: positive, max_loc: positive });

const BlastRadius = z.strictObject({ modules: texts, data_migration: z.boolean().optional() });

const Scope = z.strictObject({ in: texts.min(1), out: texts });

const Acceptance = z.strictObject({
  id: text.regex(/^A\d+$/),
  given: text,
  when: text,
  then: text,
});

const NonFunctional = z.strictObject({
  a11y: texts.optional(),
  perf: z.strictObject({ api_p95_ms: positive.optional(), lcp_ms: positive.optional() }).optional(),
  security: texts.optional(),
});

/** The format lets a contract carry more, such as a description or a version. */
const Contract = z.looseObject({
  type: z.enum(['openapi', 'graphql', 'proto', 'pact', 'sql', 'json-schema', 'typescript']),
  path: text,
});

const Observability = z.strictObject({
  logs: texts.optional(),
  metrics: texts.optional(),
  traces: texts.optional(),
});

const HumanOverride = z.strictObject({
  approved_by: text,
  reason: text,
  waived_requirements: z
    .array(z.enum(['mutation_testing', 'contract_tests', 'coverage', 'manual_review']))
    .optional(),
  expiry_date: z.iso.datetime({ offset: true }).optional(),
});

const Assessment = z.strictObject({
  confidence_level: z.int().min(1).max(10).optional(),
  uncertainty_areas: texts.optional(),
  recommended_pairing: z.boolean().optional(),
});

/** The tier as a number; the format also allows it as text. */
const RiskTier = z.union([
  z.literal([1, 2, 3]),
  z.enum(['1', '2', '3']).transform((tier) => Number(tier) as 1 | 2 | 3),
]);

/** The shape of a CAWS working spec of the generation of 2025-10. Any other key is an error. */
export const WorkingSpec = z.strictObject({
  id: text.regex(/^(PROJ|FEAT|FIX|ARCH)-\d{4}$/),
  title: text.min(10).max(200),
  risk_tier: RiskTier,
  mode: z.enum(['feature', 'refactor', 'fix', 'doc', 'chore']),
  change_budget: ChangeBudget,
  waiver_ids: z.array(text.regex(/^WV-\d{4}$/)).optional(),
  blast_radius: BlastRadius,
  operational_rollback_slo: text,
  scope: Scope,
  invariants: texts.min(1),
  acceptance: z.array(Acceptance).min(1),
  non_functional: NonFunctional,
  // The semantic rule asks tiers 1 and 2 for a contract; the shape asks every tier, so it is said here.
  contracts: z.array(Contract).min(1),
  observability: Observability.optional(),
  migrations: texts.optional(),
  rollback: texts.optional(),
  experiment_mode: z.boolean().optional(),
  timeboxed_hours: positive.optional(),
  human_override: HumanOverride.optional(),
  ai_assessment: Assessment.optional(),
});
export type WorkingSpec = z.infer<typeof WorkingSpec>;
