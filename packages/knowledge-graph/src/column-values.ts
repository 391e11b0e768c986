import { z } from 'zod';

/** Text that PostgreSQL stores unchanged: it refuses NUL, and half of a surrogate pair would turn into U+FFFD. */
export const Text = z
  .string()
  .refine((text) => !/[\0\p{Cs}]/u.test(text), 'must not contain NUL or unpaired surrogates');

/** An agent's id. */
export const AgentId = Text.min(1).max(255);

/** 0–1 for a `numeric(3, 2)`. */
export const Hundredths = z
  .number()
  .min(0)
  .max(1)
  .refine((value) => Math.abs(value * 100 - Math.round(value * 100)) < 1e-9, {
    message: 'must have at most two decimals: the column would round it',
  });

/** Greatest value of the type `integer`. */
export const MAX_INTEGER = 2_147_483_647;

/** An instant. PostgreSQL's calendar begins in 4714 BC, JavaScript's earlier. */
export const Instant = z.date().min(new Date('-004712-01-01T00:00:00Z'));

/**
 * For a list whose rows are upserted: PostgreSQL refuses a statement that would change a row twice.
 *
 * @param keyOf what makes two rows the same.
 */
export function refuseRepetitions<Row>(keyOf: (row: Row) => readonly string[]) {
  return (rows: readonly Row[], context: z.RefinementCtx): void => {
    const places = new Map<string, number>();
    for (const [place, row] of rows.entries()) {
      const key = JSON.stringify(keyOf(row));
      const first = places.get(key);
      if (first === undefined) places.set(key, place);
      else context.addIssue({ code: 'custom', path: [place], message: `repeats ${first}: merge them` });
    }
  };
}
