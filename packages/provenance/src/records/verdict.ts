import { z } from 'zod';
import { ProvenanceError } from '../errors.ts';
import { canonicalize, type JsonValue } from '../format/canonical-json.ts';
import { whyUnfit } from '../format/content.ts';
import { fromUtf8 } from '../format/encoding.ts';
import { isJsonObject } from '../format/json-object.ts';
import { Instant, Text, Uuid } from '../input.ts';
import { isObjectId } from '../git/object-id.ts';

/** What a verdict may come to. */
export const decisionTypes = ['accept', 'reject', 'require_modification', 'need_investigation'] as const;

/** One of {@link decisionTypes}. */
export type DecisionType = (typeof decisionTypes)[number];

/** A JSON object as a record keeps it. */
export type JsonRecord = Readonly<Record<string, JsonValue>>;

/** A commit's id, of SHA-1 or of SHA-256. */
export const CommitHash = z
  .string()
  .refine((hash) => isObjectId(hash), 'must be 40 or 64 lower-case hex digits, not all zeros');

/** 0–1 in hundredths. Such as 0.29 * 100 are not whole by themselves, and 0.1 + 0.2 is not 0.3. */
const ConsensusScore = z
  .number()
  .min(0)
  .max(1)
  .refine((score) => Math.abs(score * 100 - Math.round(score * 100)) < 1e-9, 'must have two decimals at most')
  .transform((score) => Math.round(score * 100) / 100);

/** Taken through its canonical form: accessors, prototypes and cycles end there. */
const JsonObject = z.custom<JsonRecord>().transform((value, context): JsonRecord => {
  const read = readObject(value);
  if (typeof read === 'object') return read;
  context.addIssue({ code: 'custom', message: read });
  return z.NEVER;
});

/** A copy in plain objects, or why there is none. */
function readObject(value: unknown): JsonRecord | string {
  if (!isJsonObject(value)) return 'must be a JSON object';
  try {
    const bytes = canonicalize(value as JsonValue);
    const text = fromUtf8(bytes) ?? '';
    return whyUnfit(bytes, text) ?? (JSON.parse(text) as JsonRecord);
  } catch (error) {
    if (error instanceof ProvenanceError) return error.message;
    throw error;
  }
}

const Score = z.int().min(0).max(100).optional();

/** A verdict to record, and what its node says besides. */
export const VerdictToRecord = z.strictObject({
  /** The id of its node, and of its record. A random one unless given. */
  id: Uuid.optional(),
  taskId: Uuid,
  decisionType: z.enum(decisionTypes),
  decisionData: JsonObject,
  /** How far the judges agreed. **Units** 0–1, at most two decimals. */
  consensusScore: ConsensusScore,
  /** What each judge said. Default: nothing. */
  judgeVerdicts: JsonObject.default({}),
  cawsCompliance: JsonObject,
  claimVerification: JsonObject.optional(),
  metadata: JsonObject.default({}),
  /** The commit that was judged. Commits that come later are linked: `linkProvenanceToCommit`. */
  gitCommitHash: CommitHash.optional(),
  /** Names the verdict among the tenant's verdicts: its id unless given. **Shape** 1 to 255 characters. */
  entityId: Text.min(1).max(255).optional(),
  /** Nodes that it derives from: waivers, gates, specs, budgets, policies; any number, in the log. */
  parents: z.array(Uuid).readonly().default([]),
  /** Clauses that it refers to, as `CAWS:Section4.2`. */
  constitutionalRefs: z.array(Text).readonly().default([]),
  /** SHA-256 of the working spec that applies. */
  specHash: Text.max(128).optional(),
  /** One line for people and for search. */
  description: Text.max(16_384).optional(),
  /** **Units** whole hundredths, 0 to 100 (0.85 is 85), as the three below. */
  evidenceCompleteness: Score,
  budgetAdherence: Score,
  gateIntegrity: Score,
  provenanceClarity: Score,
  /** When it was decided: now, unless given. */
  createdAt: Instant.default(() => new Date()),
});
export type VerdictToRecord = z.input<typeof VerdictToRecord>;
