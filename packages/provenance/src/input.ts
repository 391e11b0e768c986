import { z } from 'zod';
import { ProvenanceError } from './errors.ts';

/** Text that PostgreSQL stores unchanged: it refuses NUL, and half of a surrogate pair would turn into U+FFFD. */
export const Text = z
  .string()
  .refine((text) => !/[\0\p{Cs}]/u.test(text), 'must not contain NUL or unpaired surrogates');

/** An id as PostgreSQL writes it. */
export const Uuid = z
  .string()
  .regex(/^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/, 'must be a UUID in lower case');

/** An instant. PostgreSQL's calendar begins in 4714 BC, JavaScript's earlier. */
export const Instant = z.date().min(new Date('-004712-01-01T00:00:00Z'));

/** How many rows a page has. */
export const PageSize = z.int().min(1).max(1000).default(100);

/**
 * What a schema makes of an input.
 *
 * @throws {ProvenanceError} `INVALID_INPUT` with every problem of `what` and its path; `details.field` is the first one's path.
 */
export function parseInput<Schema extends z.ZodType>(
  schema: Schema,
  input: z.input<Schema>,
  what = 'the input',
): z.output<Schema> {
  const parsed = schema.safeParse(input);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map(({ path, message }) => ({ field: path.join('.'), message }));
  const listed = problems.map(({ field, message }) => `${field} ${message}`.trimStart()).join('; ');
  throw new ProvenanceError('INVALID_INPUT', `${what} is wrong: ${listed}`, {
    details: { field: problems[0]?.field ?? '', problems: problems.length },
  });
}
