import { toHex, utf8 } from '../format/encoding.ts';
import { type ObjectId, parseObjectId } from './object-id.ts';

/**
 * The hash that a repository names its objects with: SHA-1 or SHA-256 of the parts, one after the other.
 * It is handed in because SHA-1 is no hash to trust: here it names objects, as git does, and proves nothing.
 */
export type ObjectHash = (...parts: readonly Uint8Array[]) => Uint8Array;

/**
 * The id of a commit: the hash of `commit`, a space, the length in decimal, a zero byte, and the object itself.
 *
 * @param commit what `git cat-file commit <id>` prints
 * @throws ProvenanceError `GIT_OBJECT_ID_INVALID` when the hash is neither 20 nor 32 bytes long
 * @see git, gitformat-loose(5) and hash-function-transition(7)
 * @example
 * const sha1: ObjectHash = (...parts) => createHash('sha1').update(Buffer.concat(parts)).digest();
 * commitId(bytes, sha1) === id; // the bytes are the commit that the id names
 */
export function commitId(commit: Uint8Array, hash: ObjectHash): ObjectId {
  return parseObjectId(toHex(hash(utf8(`commit ${String(commit.length)}\0`), commit)));
}
