import { z } from 'zod';

/** What PostgreSQL refuses (NUL) or would change (half of a surrogate pair). */
export const UNSTORABLE = /[\0\p{Cs}]/u;

/** Text that PostgreSQL stores unchanged, and never empty. */
export const Text = z
  .string()
  .min(1)
  .refine((text) => !UNSTORABLE.test(text), 'must not contain NUL or unpaired surrogates');

/** An agent's id. */
export const AgentId = Text.max(255);

/** Greatest value of the type `integer`. */
export const MAX_INTEGER = 2_147_483_647;

/** A number of things, for an `integer`. */
export const Count = z.int().min(0).max(MAX_INTEGER);

/** An instant. PostgreSQL's calendar begins in 4714 BC, JavaScript's earlier. */
export const Instant = z.date().min(new Date('-004712-01-01T00:00:00Z'));

/** 0 to `max`, for a `numeric` with as many decimals: it would round more of them. */
export function decimal(max: number, decimals: number) {
  return z
    .number()
    .min(0)
    .max(max)
    .refine((value) => Number(value.toFixed(decimals)) === value, `must have at most ${decimals} decimals`);
}

const EMBEDDING_DIMENSIONS = 768;

/** **Shape** [768], finite, not all zero. */
export const Embedding = z
  .custom<Float32Array>((value) => value instanceof Float32Array, 'must be a Float32Array')
  .refine((vector) => vector.length === EMBEDDING_DIMENSIONS, `must have ${EMBEDDING_DIMENSIONS} dimensions`)
  .refine((vector) => vector.every(Number.isFinite), 'must be finite')
  .refine((vector) => vector.some((value) => value !== 0), 'must not be all zero');
