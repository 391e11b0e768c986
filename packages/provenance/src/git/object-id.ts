import { ProvenanceError } from '../errors.ts';

/** The name of a git object in full: 40 hex digits (SHA-1) or 64 (SHA-256), lower case. */
export type ObjectId = string & { readonly __objectId: true };

/** How a repository names its objects; the words are those of `git init --object-format`. */
export type ObjectFormat = 'sha1' | 'sha256';

/**
 * Whether something is an object id as git writes one. The null id (all zeros) is none: git uses it for "no object".
 */
export function isObjectId(text: unknown): text is ObjectId {
  return typeof text === 'string' && /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/.test(text) && !/^0+$/.test(text);
}

/**
 * An object id that came as text. Abbreviations, capitals and names as `HEAD` are for git to resolve first.
 *
 * @throws ProvenanceError `GIT_OBJECT_ID_INVALID`
 * @example
 * const id = parseObjectId('4b825dc642cb6eb9a060e54bf8d69288fbee4904');
 */
export function parseObjectId(text: unknown): ObjectId {
  if (isObjectId(text)) return text;
  throw new ProvenanceError(
    'GIT_OBJECT_ID_INVALID',
    'A git object id is 40 or 64 lower-case hex digits, not all zeros: resolve it with `git rev-parse --verify`.',
  );
}

/** What an object id was made with: the two have different lengths. */
export function objectFormatOf(id: ObjectId): ObjectFormat {
  return id.length === 40 ? 'sha1' : 'sha256';
}
