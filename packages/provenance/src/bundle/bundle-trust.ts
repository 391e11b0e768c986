import type { VerifierKey } from '../checkpoint/verifier-key.ts';
import type { PublicKeyRecord } from '../signing/public-key.ts';

/** What a bundle is held against. From where you trust it, never from the bundle. */
export interface BundleTrust {
  /** The log it must be of: `<deployment>/<tenant>`. */
  readonly origin: string;
  /** The log's keys that you trust. Those that they admit, directly or not, are found in the bundle. */
  readonly keys: readonly PublicKeyRecord[];
  /**
   * The keys of which one must have signed the checkpoint. Default: every key of the log, trusted or admitted, that may sign
   * checkpoints at that size, under the name of the origin.
   */
  readonly logKeys?: readonly VerifierKey[] | undefined;
  /** Whose cosignatures of the checkpoint count. Default: nobody's. */
  readonly witnesses?: readonly VerifierKey[] | undefined;
  /** How many of the witnesses must have cosigned. Default: all of them. */
  readonly quorum?: number | undefined;
  /**
   * The nodes that you ask about. A bundle from which one was removed is a smaller bundle, and as good: whoever needs a node, or
   * knows of a revocation, says so here.
   */
  readonly ids?: readonly string[] | undefined;
  /** Whether everything that a node in the bundle derives from must be in it as well. */
  readonly withAncestry?: boolean | undefined;
}
