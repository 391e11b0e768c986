import type { CheckpointTrust, VerifierKey } from '@agent-agency/provenance';
import { UsageError } from '../failure.ts';
import { type GivenKey, readPublicKeys } from './public-keys.ts';

/** What the command line says about whom to trust. */
export interface TrustOptions {
  readonly key: readonly string[];
  readonly origin?: string;
  readonly witness?: readonly string[];
  readonly quorum?: number;
}

/** {@link CheckpointTrust}, with the keys as they were given and where the origin comes from. */
export interface GivenTrust extends CheckpointTrust {
  readonly keys: readonly GivenKey[];
  /** Said by `--origin` or by a key's name; otherwise by the note itself, and a trusted key has signed it. */
  readonly isOriginGiven: boolean;
}

/**
 * Whom to trust for a checkpoint. A key without a name signs under the log's.
 *
 * @param note asked for the one whose first line says of which log it is, when nobody else does
 * @throws {UsageError} when the keys are of several logs, or of the wrong kind.
 */
export async function readTrust(options: TrustOptions, note: () => string): Promise<GivenTrust> {
  const { quorum } = options;
  const keys = await readPublicKeys(options.key);
  const witnesses = (await readPublicKeys(options.witness ?? [])).map(witnessKey);
  const given = options.origin ?? nameOf(keys);
  const origin = given ?? originOf(note());
  return {
    keys,
    origin,
    isOriginGiven: given !== undefined,
    logKeys: keys.map(({ publicKey, verifierKey }) =>
      logKey(verifierKey ?? { name: origin, type: 'ed25519', publicKey }),
    ),
    witnesses,
    ...(quorum !== undefined && { quorum }),
  };
}

/** A log's key is named by its origin. */
function nameOf(keys: readonly GivenKey[]): string | undefined {
  const names = new Set(keys.flatMap(({ verifierKey }) => verifierKey?.name ?? []));
  if (names.size < 2) return [...names][0];
  throw new UsageError('these are keys of several logs: say which one is meant with --origin');
}

function logKey(key: VerifierKey): VerifierKey {
  if (key.type === 'ed25519') return key;
  throw new UsageError(`${key.name} is a witness, not a log: name its key with --witness`);
}

function witnessKey({ verifierKey }: GivenKey): VerifierKey {
  if (verifierKey?.type === 'cosignature/v1') return verifierKey;
  throw new UsageError(
    'a witness is named by its verifier key: <name>+<hash>+<base64>, of type cosignature/v1',
  );
}

/** Of which log a note says it is; what is none has no signature that could hold, under any name. */
function originOf(note: string): string {
  const [origin = ''] = note.split('\n', 1);
  return /^[^\s+]+$/.test(origin) ? origin : 'unknown';
}
