import type { z } from 'zod';
import { canonicalize, type JsonValue } from '../format/canonical-json.ts';
import { sha256 } from '../crypto/index.ts';
import { ProvenanceError } from '../errors.ts';
import { whyUnfit } from '../format/content.ts';
import { fromUtf8, toHex } from '../format/encoding.ts';
import { isJsonObject } from '../format/json-object.ts';
import type { Problems } from './problems.ts';

/** What a node can record. */
export type JsonObject = Readonly<Record<string, JsonValue>>;

/** A document that is what its format asks for. */
export interface CawsDocument<Value> {
  /** What it says, in the types of its format. */
  readonly value: Value;
  /** What it is, unchanged: the keys that a format leaves open are in it, and its numbers and texts as written. */
  readonly content: JsonObject;
  /** SHA-256 of the canonical JSON of `content`, in hex. */
  readonly hash: string;
}

/** Where a document stands among those handed in together, and what it is. */
export interface GivenDocument {
  readonly place: string;
  readonly document: unknown;
}

/**
 * Holds a document against its format. What is wrong goes to `problems`, and the answer is undefined.
 *
 * The document is taken through its canonical JSON first: accessors, prototypes and cycles end there, and what is judged is
 * what will be recorded.
 */
export function checkDocument<Schema extends z.ZodType>(
  schema: Schema,
  { place, document }: GivenDocument,
  problems: Problems,
): CawsDocument<z.output<Schema>> | undefined {
  const copy = plainCopy({ place, document }, problems);
  if (copy === undefined) return undefined;
  const parsed = schema.safeParse(copy.content);
  if (parsed.success) return { value: parsed.data, ...copy };
  for (const { path, message } of parsed.error.issues) problems.add([place, ...path].join('.'), message);
  return undefined;
}

/** A copy in plain objects and its hash, or undefined for what cannot be recorded. */
export function plainCopy(
  { place, document }: GivenDocument,
  problems: Problems,
): { content: JsonObject; hash: string } | undefined {
  if (!isJsonObject(document)) {
    problems.add(place, 'must be an object');
    return undefined;
  }
  try {
    const bytes = canonicalize(document as JsonValue);
    const text = fromUtf8(bytes) ?? '';
    const unfit = whyUnfit(bytes, text) ?? whyUnsafe(text);
    if (unfit === undefined) return { content: JSON.parse(text) as JsonObject, hash: toHex(sha256(bytes)) };
    problems.add(place, unfit);
  } catch (error) {
    if (!(error instanceof ProvenanceError)) throw error;
    problems.add(place, error.message);
  }
  return undefined;
}

/** What a node's content may be and a document may not: whoever copies it member by member would change the copy's prototype. */
function whyUnsafe(text: string): string | undefined {
  return text.includes('"__proto__":') ? 'must not have a key __proto__' : undefined;
}
