import { z } from 'zod';
import { checkDocument } from './caws-document.ts';
import { Problems } from './problems.ts';

const text = z.string();
const texts = z.array(text);
const positive = z.int().min(1);
const scores = z.record(z.string(), z.number().min(0));

/** JSON Schema counts code points, a string of JavaScript counts UTF-16 code units. */
const title = text.refine((value) => {
  const { length } = Array.from(value);
  return length >= 10 && length <= 200;
}, 'must have 10 to 200 characters');

/** The tier as a number; the format also allows it as text. */
const riskTier = z.union([
  z.literal([1, 2, 3]),
  z.enum(['1', '2', '3']).transform((tier) => Number(tier) as 1 | 2 | 3),
]);

const Acceptance = z.looseObject({ id: text.regex(/^A\d+$/), given: text, when: text, then: text });

const NonFunctional = z.strictObject({
  a11y: texts.optional(),
  perf: z.strictObject({ api_p95_ms: positive.optional(), lcp_ms: positive.optional() }).optional(),
  security: texts.optional(),
});

const HumanOverride = z.looseObject({
  approved_by: text,
  reason: text,
  waived_requirements: z
    .array(z.enum(['mutation_testing', 'contract_tests', 'coverage', 'manual_review']))
    .optional(),
  expiry_date: z.iso.datetime({ offset: true }).optional(),
});

const Assessment = z.looseObject({
  confidence_level: z.int().min(1).max(10).optional(),
  uncertainty_areas: texts.optional(),
  recommended_pairing: z.boolean().optional(),
});

/**
 * A CAWS working spec of the generation of 2025-10, exactly as its JSON schema: other keys are an error at the top, in
 * `non_functional` and in `perf`, and are left alone elsewhere.
 *
 * @see darianrosebrook/agent-agency, apps/tools/caws/schemas/working-spec.schema.json
 */
export const PublishedWorkingSpec = z.strictObject({
  id: text.regex(/^(PROJ|FEAT|FIX|ARCH)-\d{4}$/),
  title,
  risk_tier: riskTier,
  mode: z.enum(['feature', 'refactor', 'fix', 'doc', 'chore']),
  change_budget: z.looseObject({ max_files: positive, max_loc: positive }),
  waiver_ids: z.array(text.regex(/^WV-\d{4}$/)).optional(),
  blast_radius: z.looseObject({ modules: texts, data_migration: z.boolean().optional() }),
  operational_rollback_slo: text,
  scope: z.looseObject({ in: texts.min(1), out: texts }),
  invariants: texts.min(1),
  acceptance: z.array(Acceptance).min(1),
  non_functional: NonFunctional,
  contracts: z
    .array(
      z.looseObject({
        type: z.enum(['openapi', 'graphql', 'proto', 'pact', 'sql', 'json-schema', 'typescript']),
        path: text,
      }),
    )
    .min(1),
  observability: z
    .looseObject({ logs: texts.optional(), metrics: texts.optional(), traces: texts.optional() })
    .optional(),
  migrations: texts.optional(),
  rollback: texts.optional(),
  experiment_mode: z.boolean().optional(),
  timeboxed_hours: positive.optional(),
  human_override: HumanOverride.optional(),
  ai_assessment: Assessment.optional(),
});

/**
 * Working specs as they are written in practice: ids of words (`V2-DATABASE-LAYER`, criteria `DB-VEC-001`), budgets of any name
 * under `perf`, `reliability` and `threats`. Takes everything that {@link PublishedWorkingSpec} takes; as strict in the rest.
 */
export const ExtendedWorkingSpec = PublishedWorkingSpec.extend({
  id: text.max(128).regex(/^[A-Z][A-Z0-9]*(-[A-Z0-9]+)+$/),
  acceptance: z.array(Acceptance.extend({ id: text.regex(/^(A\d+|[A-Z]+(-[A-Z]+)*-\d{3})$/) })).min(1),
  non_functional: NonFunctional.extend({
    perf: z.record(text, z.number().positive()).optional(),
    reliability: scores.optional(),
  }),
  threats: texts.optional(),
});

/** How a working spec is judged: by its published schema, or with the extensions in use. */
export const specProfiles = ['published', 'extended'] as const;
export type SpecProfile = (typeof specProfiles)[number];

/** The schema of each profile. */
export const workingSpecSchemas = {
  published: PublishedWorkingSpec,
  extended: ExtendedWorkingSpec,
} as const satisfies Record<SpecProfile, z.ZodType>;

/** A working spec of either profile; its tier is a number. */
export type WorkingSpec = z.output<(typeof workingSpecSchemas)[SpecProfile]>;

/**
 * A working spec, checked.
 *
 * @throws ProvenanceError `DOCUMENT_INVALID` with every problem and its path
 * @example
 * parseWorkingSpec(readCawsDocument(text)).risk_tier; // 1, 2 or 3
 */
export function parseWorkingSpec(document: unknown, profile: SpecProfile = 'published'): WorkingSpec {
  const problems = new Problems();
  const checked = checkDocument(workingSpecSchemas[profile], { place: 'workingSpec', document }, problems);
  if (checked === undefined) throw problems.error('this is no CAWS working spec');
  return checked.value;
}
