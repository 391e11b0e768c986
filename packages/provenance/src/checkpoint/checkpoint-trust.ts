import { importVerifyingKey, type VerifyingKey } from '../crypto/index.ts';
import { ProvenanceError } from '../errors.ts';
import { toHex } from '../format/encoding.ts';
import { keyHash, requireVerifierKey, type VerifierKey, type VerifierKeyType } from './verifier-key.ts';

/** What a checkpoint is held against. From where you trust it, never from the checkpoint. */
export interface CheckpointTrust {
  /** The log whose checkpoint it must be. */
  readonly origin: string;
  /** The log's keys, of type `ed25519`: one at least must have signed. More than one while a key is rotated. */
  readonly logKeys: readonly VerifierKey[];
  /** Whose cosignatures count, keys of type `cosignature/v1`. Default: nobody's. */
  readonly witnesses?: readonly VerifierKey[] | undefined;
  /** How many of the witnesses must have cosigned. Default: all of them; 0 to learn who has. */
  readonly quorum?: number | undefined;
}

/** Keys made ready for verification, by {@link keyName}. */
export type KnownKeys = ReadonlyMap<string, VerifyingKey>;

/** {@link CheckpointTrust}, checked and made ready. */
export interface PreparedTrust {
  readonly logKeys: KnownKeys;
  readonly witnesses: KnownKeys;
  readonly quorum: number;
}

/**
 * @throws ProvenanceError `TRUST_INVALID` when nothing could satisfy it, or one party could for two;
 *   `KEY_INVALID`, `KEY_NAME_INVALID` for a key that is none
 */
export function prepareTrust(trust: CheckpointTrust): PreparedTrust {
  const { logKeys, witnesses = [], quorum = witnesses.length } = trust;
  if (logKeys.length === 0) throw invalid('it has no key of the log');
  if (!Number.isSafeInteger(quorum) || quorum < 0 || quorum > witnesses.length)
    throw invalid('its quorum is not a whole number up to that of its witnesses');
  requireDistinct([...logKeys, ...witnesses]);
  return {
    logKeys: prepareKeys(logKeys, 'ed25519'),
    witnesses: prepareKeys(witnesses, 'cosignature/v1'),
    quorum,
  };
}

/** A key as a signature line names it: a name has no space, so two keys never read alike. */
export function keyName(key: { readonly name: string; readonly keyHash: string }): string {
  return `${key.name} ${key.keyHash}`;
}

function prepareKeys(keys: readonly VerifierKey[], type: VerifierKeyType): KnownKeys {
  const prepared = new Map<string, VerifyingKey>();
  for (const key of keys) {
    if (key.type !== type) throw invalid(`a key is not of type ${type}`);
    requireVerifierKey(key);
    prepared.set(keyName({ name: key.name, keyHash: keyHash(key) }), importVerifyingKey(key.publicKey));
  }
  return prepared;
}

/** A key that stands twice would count twice towards the quorum, and a log must not be its own witness. */
function requireDistinct(keys: readonly VerifierKey[]): void {
  if (new Set(keys.map(({ publicKey }) => toHex(publicKey))).size < keys.length)
    throw invalid('one public key stands in it twice');
}

function invalid(reason: string): ProvenanceError {
  return new ProvenanceError('TRUST_INVALID', `No checkpoint can be held against this: ${reason}.`, {
    details: { reason },
  });
}
