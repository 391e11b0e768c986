import { z } from 'zod';
import { canonicalize, type JsonValue } from '../format/canonical-json.ts';
import { whyUnfit } from '../format/content.ts';
import { ProvenanceError } from '../errors.ts';
import { type EntityType, entityTypes } from '../format/node.ts';
import { Instant, Text, Uuid } from '../input.ts';
import { Embedding } from '../lineage/put-embeddings.ts';

/** What to record. Place, hash and signature come from appending. */
export interface NodeToAppend {
  /** A UUID in lower case, the caller's own or a random one. */
  readonly id: string;
  readonly entityType: EntityType;
  /** Unique with its type in the tenant. **Shape** 1 to 255 characters. */
  readonly entityId: string;
  /** Nodes of the same tenant that this one derives from, by `id`; in the log, or earlier in the same call. */
  readonly parents?: readonly string[] | undefined;
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
  /** **Shape** [768], finite, not all zero. Kept beside the log, and not part of the hash. */
  readonly embedding?: Float32Array | undefined;
}

/** A node whose fields have been checked, with its content in the form that is recorded. */
export type CheckedNode = Omit<NodeToAppend, 'content'> & { readonly content: Uint8Array };

/** An index has no room for longer ones. */
const Ref = Text.refine(
  (text) => new TextEncoder().encode(text).length <= 1024,
  'must not be longer than 1024 bytes',
);
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
  const unfit = whyUnfit(bytes, new TextDecoder().decode(bytes));
  return unfit === undefined ? bytes : refuse(unfit);
});

const Nodes = z.array(
  z
    .strictObject({
      id: Uuid,
      entityType: z.enum(entityTypes),
      entityId: Text.min(1).max(255),
      parents: z
        .array(Uuid)
        .refine((ids) => new Set(ids).size === ids.length, 'must not have a node twice')
        .optional(),
      content: Content,
      constitutionalRefs: z.array(Ref).optional(),
      specHash: Text.max(128).optional(),
      // Words of more would not fit into its search vector.
      description: Text.max(16_384).optional(),
      evidenceCompleteness: Score,
      budgetAdherence: Score,
      gateIntegrity: Score,
      provenanceClarity: Score,
      createdAt: Instant,
      embedding: Embedding.optional(),
    })
    .refine(({ id, parents }) => parents?.includes(id) !== true, {
      path: ['parents'],
      message: 'must not have the node itself',
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
