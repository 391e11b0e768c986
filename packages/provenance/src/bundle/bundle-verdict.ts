import type { CheckpointFault, Cosignature } from '../checkpoint/verify-checkpoint.ts';
import type { Checkpoint } from '../checkpoint/checkpoint.ts';
import type { ParentReference } from '../format/node.ts';
import type { ProofFault } from '../merkle/proof-verdict.ts';
import type { BundledNode } from './bundle.ts';

/** Every way in which a bundle can be wrong; each is explained in FORMAT.md, in section 15 or in the one it is named after. */
export type BundleFaultReason =
  /** Of the document: there is nothing else to be found then. */
  | 'too-large'
  | 'malformed-bundle'
  /** Of the checkpoint (section 11). */
  | CheckpointFault
  /** The tenant is not the one whose log the checkpoint is of. */
  | 'wrong-tenant'
  /** Of a node in itself (section 7). */
  | 'malformed-node'
  | 'hash-mismatch'
  | 'content-not-canonical'
  /** Of a node's place in the bundle: after one with the same number, or a larger one; with the id of an earlier one. */
  | 'duplicate-seq'
  | 'out-of-order'
  | 'duplicate-id'
  /** Of a node beside its neighbours: the node before it, its parents. */
  | 'previous-hash-mismatch'
  | 'self-parent'
  | 'parent-mismatch'
  /** Of who signed it (sections 6 and 14). */
  | 'unknown-key'
  | 'key-not-valid'
  | 'revoked-key'
  | 'bad-signature'
  | 'bad-key-statement'
  /** Of its place in the log (section 10). */
  | ProofFault
  /** A node that was asked for is not in the bundle, or one from which another one derives. */
  | 'missing-node'
  | 'missing-parent';

/** Something that is wrong with a bundle, and where. */
export interface BundleFault {
  readonly reason: BundleFaultReason;
  readonly place: 'document' | 'checkpoint' | 'node';
  /** Which node of the bundle it is, from 0; absent when it is about none. */
  readonly index: number | undefined;
  /** What the node says it is. */
  readonly seq: number | undefined;
  /** As `seq`; of a node that is missing, which one. */
  readonly id: string | undefined;
  /** What is wrong, without any value of the bundle. */
  readonly message: string;
}

/** A node of which a bundle says only that another one derives from it. */
export interface UnseenParent extends ParentReference {
  /** The node that names it. */
  readonly child: BundledNode;
}

/** What a bundle is worth. */
export type BundleVerdict =
  | {
      readonly ok: true;
      readonly tenantId: string;
      readonly checkpoint: Checkpoint;
      /** Of the trusted witnesses that cosigned the checkpoint, each once. */
      readonly cosignatures: readonly Cosignature[];
      /** All of them in the log, at their places; by `seq`. */
      readonly nodes: readonly BundledNode[];
      /** Parents that are not in the bundle: their hashes are vouched for, and nothing else about them. */
      readonly unseenParents: readonly UnseenParent[];
    }
  | {
      readonly ok: false;
      /** One at least, and at most `maxListed`. */
      readonly faults: readonly BundleFault[];
    };
