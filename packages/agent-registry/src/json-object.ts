import { z } from 'zod';
import { UNSTORABLE } from './column-values.ts';

export type Json = null | boolean | number | string | readonly Json[] | JsonObject;

/** What a `jsonb` keeps as it is. */
export interface JsonObject {
  readonly [key: string]: Json;
}

const MAX_DEPTH = 100;
const MAX_LENGTH = 100_000;

/** An object of plain JSON: at most 100 levels deep, and 100,000 characters as text. */
export const JsonObject = z
  .custom<JsonObject>((value) => isPlainObject(value), 'must be an object')
  .refine((value) => isJson(value, 0), {
    message: 'must be plain JSON, 100 levels deep at most, without NUL or unpaired surrogates',
    abort: true,
  })
  .refine(
    (value) => JSON.stringify(value).length <= MAX_LENGTH,
    `must have ${MAX_LENGTH} characters at most as JSON`,
  );

/** A circle is too deep as well. */
function isJson(value: unknown, depth: number): boolean {
  if (depth > MAX_DEPTH) return false;
  if (value === null || typeof value === 'boolean') return true;
  if (typeof value === 'number') return Number.isFinite(value);
  if (typeof value === 'string') return !UNSTORABLE.test(value);
  if (Array.isArray(value)) return Array.from(value).every((item) => isJson(item, depth + 1));
  return (
    isPlainObject(value) &&
    Object.entries(value).every(([key, item]) => !UNSTORABLE.test(key) && isJson(item, depth + 1))
  );
}

function isPlainObject(value: unknown): value is object {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}
