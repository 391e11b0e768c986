import { LatestFirstPlace } from '@agent-agency/db-core';
import { z } from 'zod';
import { parseInput } from '../errors.ts';

const EMBEDDING_DIMENSIONS = 768;

/** Contexts are worked on in memory, several times over. */
const MAX_CONTENT_BYTES = 256 * 1024 * 1024;

/** Text that PostgreSQL stores unchanged. */
const Text = z
  .string()
  .refine((text) => !/[\0\p{Cs}]/u.test(text), 'must not contain NUL or unpaired surrogates');

const Embedding = z
  .custom<Float32Array>((value) => value instanceof Float32Array, 'must be a Float32Array')
  .refine((vector) => vector.length === EMBEDDING_DIMENSIONS, `must have ${EMBEDDING_DIMENSIONS} dimensions`)
  .refine((vector) => vector.every(Number.isFinite), 'must be finite')
  .refine((vector) => vector.some((value) => value !== 0), 'must not be all zero');

const Content = z
  .union(
    [Text, z.instanceof(Uint8Array)],
    'must be a text without NUL and unpaired surrogates, or a Uint8Array',
  )
  .transform((content) => (typeof content === 'string' ? Buffer.from(content) : content))
  .refine((bytes) => bytes.length > 0, 'must not be empty')
  .refine((bytes) => bytes.length <= MAX_CONTENT_BYTES, `must have ${MAX_CONTENT_BYTES} bytes at most`);

/** A context to put aside. */
export const ContextToOffload = z.strictObject({
  /** The context itself, 256 MiB at most. A text is stored as UTF-8. */
  content: Content,
  /** What it is about, to find it by: up to 10,000 characters. */
  summary: Text.min(1).max(10_000),
  /** **Shape** [768], finite, not all zero. Never sealed: it can be searched, and tells what the summary is about. */
  summaryEmbedding: Embedding.optional(),
  /** When it is to be deleted; never by itself if it is not given. */
  expiresAt: z
    .date()
    .refine((instant) => instant.getTime() > Date.now(), 'must be in the future')
    .optional(),
});
export type ContextToOffload = z.input<typeof ContextToOffload>;

/** Which contexts are looked for by their summary. */
export const ContextQuery = z.strictObject({
  /** **Shape** [768], finite, not all zero. */
  embedding: Embedding,
  limit: z.int().min(1).max(1000).default(10),
});
export type ContextQuery = z.input<typeof ContextQuery>;

/** A page of contexts. */
export const ContextPage = z.strictObject({
  limit: z.int().min(1).max(1000).default(50),
  /** `next` of the page before. */
  after: LatestFirstPlace.optional(),
});
export type ContextPage = z.input<typeof ContextPage>;

/** @throws {TenancyError} `INVALID_INPUT` unless it is a UUID. */
export function parseContextId(id: string): string {
  return parseInput(z.strictObject({ id: z.guid() }), { id }).id.toLowerCase();
}
