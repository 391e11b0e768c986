import { ProvenanceError } from '../errors.ts';
import { canonicalize, type JsonValue, parseCanonical } from '../format/canonical-json.ts';
import { isJsonObject } from '../format/json-object.ts';

/** The `_type` of every statement of version 1. */
export const statementType = 'https://in-toto.io/Statement/v1';

/** The DSSE payload type of every statement. */
export const inTotoPayloadType = 'application/vnd.in-toto+json';

/** Says that the predicate is a CAWS verdict, of the form that `describeVerdict` writes. */
export const verdictPredicateType = 'urn:agent-agency:caws-verdict:v1';

/** Digests by the names of their algorithms, in lower-case hex. */
export type DigestSet = Readonly<Record<string, string>>;

/**
 * Something that a statement speaks of.
 *
 * @see in-toto attestation framework, spec/v1/resource_descriptor.md
 */
export interface ResourceDescriptor {
  readonly name?: string;
  readonly uri?: string;
  readonly digest?: DigestSet;
  readonly annotations?: Readonly<Record<string, JsonValue>>;
}

/** Something that a statement is about; it is known by its digest. */
export interface StatementSubject extends ResourceDescriptor {
  readonly digest: DigestSet;
}

/**
 * An in-toto statement: about which things, and what.
 *
 * @see in-toto attestation framework, spec/v1/statement.md
 */
export interface Statement {
  readonly _type: typeof statementType;
  readonly subject: readonly StatementSubject[];
  readonly predicateType: string;
  readonly predicate?: Readonly<Record<string, JsonValue>>;
}

/**
 * A statement as bytes, in canonical JSON.
 *
 * @throws ProvenanceError `STATEMENT_INVALID` for what would not be read again: no subject, or one without digest;
 *   `JSON_INVALID_VALUE`
 */
export function writeStatement(statement: Statement): Uint8Array {
  if (!isStatement(statement))
    throw new ProvenanceError(
      'STATEMENT_INVALID',
      'A statement needs subjects, each with a digest, and a predicate.',
    );
  return canonicalize(statement as unknown as JsonValue);
}

/** The statement that bytes of canonical JSON hold, or undefined. Unknown fields are ignored, as in-toto asks. */
export function readStatement(bytes: Uint8Array): Statement | undefined {
  const value = parse(bytes);
  return isStatement(value) ? value : undefined;
}

function parse(bytes: Uint8Array): JsonValue | undefined {
  try {
    return parseCanonical(bytes);
  } catch (error) {
    if (error instanceof ProvenanceError) return undefined;
    throw error;
  }
}

function isStatement(value: unknown): value is Statement {
  if (!isJsonObject(value)) return false;
  const { _type, subject, predicateType, predicate } = value;
  if (_type !== statementType || typeof predicateType !== 'string' || predicateType === '') return false;
  return isSubjects(subject) && (predicate === undefined || isJsonObject(predicate));
}

function isSubjects(value: unknown): boolean {
  return (
    Array.isArray(value) &&
    value.length > 0 &&
    value.every((item) => isJsonObject(item) && isDigestSet(item['digest']))
  );
}

function isDigestSet(value: unknown): boolean {
  const digests = isJsonObject(value) ? Object.values(value) : [];
  return digests.length > 0 && digests.every((digest) => typeof digest === 'string' && digest !== '');
}

/**
 * Whether two sets of digests are of the same thing: an algorithm is in both, and no such algorithm differs. Stricter than
 * in-toto, which is content with one that agrees.
 *
 * @see in-toto attestation framework, spec/v1/digest_set.md
 */
export function sameDigests(wanted: DigestSet, found: DigestSet): boolean {
  const common = Object.keys(wanted).filter((algorithm) => Object.hasOwn(found, algorithm));
  return common.length > 0 && common.every((algorithm) => wanted[algorithm] === found[algorithm]);
}
