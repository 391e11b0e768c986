import { z } from 'zod';
import { Hundredths, Instant, MAX_INTEGER, refuseRepetitions, Text } from '../column-values.ts';
import { keyParts, RELATIONSHIP_KEY_FIELDS, resolveKey } from './relationship-key.ts';

/** For a `numeric(10, 6)`. */
const Bits = z
  .number()
  .min(-9999)
  .max(9999)
  .refine((value) => Math.abs(value * 1e6 - Math.round(value * 1e6)) < 1e-3, {
    message: 'must have at most six decimals: the column would round it',
  });

/** What `jsonb` stores unchanged. */
const JsonObject = z.record(z.string(), z.json()).superRefine((object, context) => {
  const text = JSON.stringify(object);
  if (text.length > 65_536)
    context.addIssue({ code: 'custom', message: 'must have at most 65536 characters as JSON' });
  // JSON.stringify escapes NUL and halves of surrogate pairs, and nothing else, with these; \\u is a backslash and a u.
  if (/(?<!\\)(?:\\\\)*\\u(?:0000|d[89a-f])/.test(text))
    context.addIssue({ code: 'custom', message: 'must not contain NUL or unpaired surrogates' });
});

const Uuids = z
  .array(z.uuid())
  .max(1000)
  .transform((ids) => [...new Set(ids.map((id) => id.toLowerCase()))].toSorted());

/** What is said of a relationship. What is left out gets its default, whatever was said before. */
export const RelationshipProperties = z.strictObject({
  /** How sure it is that it exists, 0.5–1, at most two decimals. */
  confidence: Hundredths.min(0.5),
  /** 0–1, at most two decimals. */
  strength: Hundredths.default(1),
  /** In how many contexts both were seen. */
  cooccurrenceCount: z.int().min(1).max(MAX_INTEGER).default(1),
  /** Tasks that show it: a set. */
  supportingTasks: Uuids.default([]),
  /** How it was found. */
  extractionContext: Text.min(1).max(16_384).optional(),
  mutualInformation: Bits.min(0).optional(),
  pointwiseMutualInformation: Bits.optional(),
  metadata: JsonObject.default({}),
  /** Default: as it is, or now for what was not believed yet. */
  lastObserved: Instant.optional(),
});
export type RelationshipProperties = z.input<typeof RelationshipProperties>;

/** That a relationship holds in a period, `[validFrom, validTo)`, and how. */
export const RelationshipAssertion = z
  .strictObject({
    ...RELATIONSHIP_KEY_FIELDS,
    ...RelationshipProperties.shape,
    /** Default: now. Null: ever since. */
    validFrom: Instant.nullish(),
    /** Default, and null: without an end. */
    validTo: Instant.nullish(),
  })
  .superRefine(({ validFrom, validTo }, context) => {
    if (validFrom && validTo && validFrom >= validTo)
      context.addIssue({ code: 'custom', path: ['validTo'], message: 'must be after validFrom' });
  })
  .transform(resolveKey);
export type RelationshipAssertion = z.input<typeof RelationshipAssertion>;

export const RelationshipAssertions = z.array(RelationshipAssertion).superRefine(refuseRepetitions(keyParts));
