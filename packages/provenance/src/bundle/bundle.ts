import type { ProvenanceNodeRecord } from '../format/node.ts';

/** What a bundle says it is, and the version of its form. */
export const bundleVersion = 'agent-agency.provenance-bundle.v1';

/** The largest bundle that is written or read. **Units** bytes of UTF-8. */
export const maxBundleBytes = 67_108_864;

/** A node, and that it is in the tree of the bundle's checkpoint. */
export interface BundledNode extends ProvenanceNodeRecord {
  /** **Shape** hashes of 32 bytes, from the leaf upwards: the `proof` of an `InclusionClaim`. */
  readonly inclusionProof: readonly Uint8Array[];
}

/**
 * Some nodes of a log, with all that shows to whoever trusts the log's keys that they are in it. Reading one verifies nothing.
 *
 * @see FORMAT.md section 15
 */
export interface Bundle {
  readonly tenantId: string;
  /** The signed note of the tree that the proofs are made in, cosignatures included. */
  readonly checkpoint: string;
  /** By `seq`, each once: those the bundle is about, and of entity type `key` all that the log has up to the checkpoint. */
  readonly nodes: readonly BundledNode[];
}
