import { type ChainHead, emptyHead } from '../format/node.ts';
import { KeyRing } from '../keys/key-ring.ts';
import type { PublicKeyRecord } from '../signing/public-key.ts';
import {
  type Findings,
  noFindings,
  type Violation,
  type ViolationKind,
  type WarningKind,
} from './chain-report.ts';
import { CheckpointTree, type TrustedCheckpoint } from './checkpoint-tree.ts';
import { KnownHeads } from './known-heads.ts';

/** What the log is held against. */
export interface VerifyChainOptions {
  readonly tenantId: string;
  /**
   * The keys trusted for this log, retired ones included, from where you trust them and not from the log. Whom else they
   * admitted, replaced or revoked the log's own nodes say. Hashes need none.
   */
  readonly keys: readonly PublicKeyRecord[];
  /**
   * `hashes`: neither signatures nor keys nor the form of contents. Five to ten times as fast; it shows as much as `everything`
   * up to a checkpoint or head that was taken when everything had been checked, and nothing about who wrote beyond it.
   */
  readonly check?: 'everything' | 'hashes' | undefined;
  /** Where the log must end, exactly. Without it a log cut at its end looks like a valid shorter one. */
  readonly expectedHead?: ChainHead | undefined;
  /** Heads seen earlier, which must still be in the log; it may have grown since. */
  readonly knownHeads?: readonly ChainHead[] | undefined;
  /** Checkpoints that were verified as notes; the log must have had each of these trees. It may have grown since. */
  readonly checkpoints?: readonly TrustedCheckpoint[] | undefined;
}

/** What a walk remembers; the same amount however long the log is. */
export interface Walk {
  readonly tenantId: string;
  /** Absent when hashes are all that is checked. */
  readonly ring: KeyRing | undefined;
  readonly knownHeads: KnownHeads;
  readonly tree: CheckpointTree;
  readonly violations: Findings<ViolationKind>;
  readonly warnings: Findings<WarningKind>;
  checked: number;
  head: ChainHead;
  clock: bigint | undefined;
  /** The node that is being checked. */
  place: Place;
  /** What was found in the batch that is being checked. */
  found: PlacedViolation[];
}

export interface Place {
  /** In the batch. */
  readonly index: number;
  readonly seq: number;
  readonly id: string | undefined;
}

export interface PlacedViolation {
  readonly index: number;
  readonly violation: Violation;
}

export function startWalk(options: VerifyChainOptions): Walk {
  const { tenantId, keys, check = 'everything', knownHeads = [], checkpoints = [] } = options;
  return {
    tenantId,
    ring: check === 'everything' ? new KeyRing(tenantId, keys) : undefined,
    knownHeads: new KnownHeads(knownHeads),
    tree: new CheckpointTree(checkpoints),
    violations: noFindings(),
    warnings: noFindings(),
    checked: 0,
    head: emptyHead,
    clock: undefined,
    place: { index: 0, seq: 0, id: undefined },
    found: [],
  };
}

/** Something is wrong with the node that is being checked. */
export function violate({ found, place }: Walk, kind: ViolationKind, message: string): void {
  const { index, seq, id } = place;
  found.push({ index, violation: { seq, id, kind, message } });
}
