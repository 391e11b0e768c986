import { z } from 'zod';

const share = z.number().min(0).max(1);

/** A budget, and the thresholds that older policies set beside it. */
const Tier = z.looseObject({
  max_files: z.int().min(1),
  max_loc: z.int().min(1),
  description: z.string().optional(),
  coverage_threshold: share.optional(),
  mutation_threshold: share.optional(),
  contracts_required: z.boolean().optional(),
  manual_review_required: z.boolean().optional(),
});

const Gate = z.looseObject({
  enabled: z.boolean(),
  mode: z.enum(['block', 'warn', 'skip']).optional(),
  description: z.string().optional(),
});

/**
 * A CAWS policy: what each risk tier may change, and which gates there are.
 *
 * @see Paths-Design/coding-agent-working-standard, .caws/policy.schema.json
 */
export const Policy = z.strictObject({
  // A number since 2026, a semantic version before.
  version: z.union([z.literal(1), z.string().regex(/^\d+\.\d+\.\d+$/)]),
  risk_tiers: z.partialRecord(z.enum(['1', '2', '3']), Tier),
  gates: z.record(z.string(), Gate).optional(),
  edit_rules: z.looseObject({}).optional(),
  waivers: z.unknown().optional(),
  non_governed_zones: z.unknown().optional(),
  root_passthrough: z.unknown().optional(),
});
export type Policy = z.infer<typeof Policy>;
