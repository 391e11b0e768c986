import { z } from 'zod';

const text = z.string().min(1);
const share = z.number().min(0).max(1);

/**
 * A CAWS provenance file: which agent made what, how the checks came out and who approved. It is the content of a verdict.
 *
 * @see Paths-Design/coding-agent-working-standard, packages/caws-template/.caws/schemas/provenance.schema.json
 */
export const Manifest = z.looseObject({
  agent: text,
  model: text,
  commit: text,
  artifacts: z.array(z.string()),
  results: z.looseObject({
    coverage_branch: share.optional(),
    mutation_score: share.optional(),
    tests_passed: z.int().min(0).optional(),
  }),
  approvals: z.array(z.string()),
});
export type Manifest = z.infer<typeof Manifest>;
