import { z } from 'zod';
import { canonicalize, type JsonValue } from '../format/canonical-json.ts';
import { ProvenanceError } from '../errors.ts';
import { type EntityType, entityTypes } from '../format/node.ts';

/** What to record. Place, hash and signature come from appending. */
export interface NodeToAppend {
  /** A UUID in lower case, the caller's own or a random one. */
  readonly id: string;
  readonly entityType: EntityType;
  /** Unique with its type in the tenant. **Shape** 1 to 255 characters. */
  readonly entityId: string;
  /** A node of the same tenant that this one derives from; in the log, or earlier in the same call. */
  readonly parentEntityId?: string | undefined;
  /** A JSON object without U+0000; recorded in canonical form, at most 1 MiB. */
  readonly content: Readonly<Record<string, JsonValue>>;
  readonly constitutionalRefs?: readonly string[] | undefined;
  /** **Shape** at most 128 characters. */
  readonly specHash?: string | undefined;
  /** One line for people and for search. **Shape** at most 16,384 characters. */
  readonly description?: string | undefined;
  /** **Units** whole hundredths, 0 to 100 (0.85 is 85), as the three below. */
  readonly evidenceCompleteness?: number | undefined;
  readonly budgetAdherence?: number | undefined;
  readonly gateIntegrity?: number | undefined;
  readonly provenanceClarity?: number | undefined;
  readonly createdAt: Date;
  /** **Shape** [768], finite, not all zero. Not part of the hash. */
  readonly embedding?: Float32Array | undefined;
}

/** A node whose fields have been checked, with its content in the form that is recorded. */
export type CheckedNode = Omit<NodeToAppend, 'content'> & { readonly content: Uint8Array };

const EMBEDDING_DIMENSIONS = 768;
const MAX_CONTENT_BYTES = 1_048_576;

/** Canonical JSON writes U+0000 as \u0000, and a backslash before it as two: an odd number of them is the escape. */
const NUL_ESCAPE = /(?<!\\)(?:\\\\)*\\u0000/;

/** What PostgreSQL refuses (NUL) or would change (half of a surrogate pair). */
const Text = z
  .string()
  .refine((text) => !/[\0\p{Cs}]/u.test(text), 'must not contain NUL or unpaired surrogates');
const Uuid = z
  .string()
  .regex(/^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/, 'must be a UUID in lower case');
const Score = z.int().min(0).max(100).optional();

const Content = z.unknown().transform((value, context): Uint8Array => {
  const refuse = (message: string): never => {
    context.addIssue({ code: 'custom', message });
    return z.NEVER;
  };
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return refuse('must be a JSON object');
  let bytes: Uint8Array;
  try {
    bytes = canonicalize(value as JsonValue);
  } catch (error) {
    if (error instanceof ProvenanceError) return refuse(error.message);
    throw error;
  }
  if (bytes.length > MAX_CONTENT_BYTES) return refuse(`must not be longer than ${MAX_CONTENT_BYTES} bytes`);
  // The database keeps a copy as jsonb, which has no NUL.
  return NUL_ESCAPE.test(new TextDecoder().decode(bytes)) ? refuse('must not contain NUL') : bytes;
});

const Embedding = z
  .custom<Float32Array>((value) => value instanceof Float32Array, 'must be a Float32Array')
  .refine((vector) => vector.length === EMBEDDING_DIMENSIONS, `must have ${EMBEDDING_DIMENSIONS} dimensions`)
  .refine((vector) => vector.every(Number.isFinite), 'must be finite')
  .refine((vector) => vector.some((value) => value !== 0), 'must not be all zero');

const Nodes = z.array(
  z
    .strictObject({
      id: Uuid,
      entityType: z.enum(entityTypes),
      entityId: Text.min(1).max(255),
      parentEntityId: Uuid.optional(),
      content: Content,
      constitutionalRefs: z.array(Text).optional(),
      specHash: Text.max(128).optional(),
      // Words of more would not fit into its search vector.
      description: Text.max(16_384).optional(),
      evidenceCompleteness: Score,
      budgetAdherence: Score,
      gateIntegrity: Score,
      provenanceClarity: Score,
      // PostgreSQL's calendar begins in 4714 BC, JavaScript's earlier.
      createdAt: z.date().min(new Date('-004712-01-01T00:00:00Z')),
      embedding: Embedding.optional(),
    })
    .refine(({ id, parentEntityId }) => id !== parentEntityId, {
      path: ['parentEntityId'],
      message: 'must not be the node itself',
    }),
);

/**
 * Checks everything about nodes that does not depend on the log.
 *
 * @throws {ProvenanceError} `NODE_INVALID` with every problem and its path; `details.field` is the first one's path.
 */
export function checkNodes(nodes: readonly NodeToAppend[]): CheckedNode[] {
  const parsed = Nodes.safeParse([...nodes]);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map(({ path, message }) => ({ field: path.join('.'), message }));
  const listed = problems.map(({ field, message }) => `${field} ${message}`).join('; ');
  throw new ProvenanceError('NODE_INVALID', `these nodes cannot be appended: ${listed}`, {
    details: { field: problems[0]?.field ?? '', problems: problems.length },
  });
}
