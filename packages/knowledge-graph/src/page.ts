import { Buffer } from 'node:buffer';
import { z } from 'zod';
import { GraphError } from './errors.ts';

export const PageSize = z.int().min(1).max(1000).default(100);

/** Where a page ends, as an opaque text. */
export function encodePage(end: readonly (string | number)[]): string {
  return Buffer.from(JSON.stringify(end)).toString('base64url');
}

/** @throws {GraphError} `INVALID_INPUT` when it is not what {@link encodePage} gave for a list in this order. */
export function decodePage<Schema extends z.ZodType>(
  schema: Schema,
  after: string | undefined,
): z.output<Schema> | undefined {
  if (after === undefined) return undefined;
  const end = schema.safeParse(parseJson(Buffer.from(after, 'base64url').toString()));
  if (end.success) return end.data;
  throw new GraphError(
    'INVALID_INPUT',
    'the input is wrong: after: must be `next` of a page of the same list',
  );
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
