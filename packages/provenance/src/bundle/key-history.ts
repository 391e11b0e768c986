import { KeyRing } from '../keys/key-ring.ts';
import { readSignedKeyStatement } from '../keys/signed-key-statement.ts';
import { maxContentBytes } from '../format/content.ts';
import type { PublicKeyRecord } from '../signing/public-key.ts';
import { verifySignature } from '../signing/signature.ts';
import type { BundledNode } from './bundle.ts';
import type { NodeFinding } from './check-node.ts';

const faultMessages = {
  'unknown-key': 'signing_key_id is neither trusted nor admitted by a node of the bundle.',
  'key-not-valid': 'The key was not valid for this at this place.',
  'revoked-key': 'The key is revoked from this place on, or from an earlier one.',
} as const;

/** Who may sign, and where: what is trusted from outside, and what the nodes of type `key` make of it. */
export class KeyHistory {
  readonly #ring: KeyRing;
  readonly #records: PublicKeyRecord[];

  /** @throws ProvenanceError `KEY_INVALID`, `KEY_ID_MISMATCH` */
  constructor(tenantId: string, trusted: readonly PublicKeyRecord[]) {
    this.#ring = new KeyRing(tenantId, trusted);
    this.#records = [...trusted];
  }

  /** Takes in a node, by `seq`: what it says of keys, and whether its signature is one. */
  *read(node: BundledNode): Generator<NodeFinding> {
    // What it says comes first: a node may be signed by the key that it admits.
    if (node.entityType === 'key') yield* this.#apply(node);
    const key = this.#ring.find(node.signingKeyId);
    if (key !== undefined && !verifySignature(node.hashChain, node.signature, key))
      yield ['bad-signature', 'The signature is not one of hash_chain by signing_key_id.'];
  }

  /**
   * Whether the key that signed a node was valid there. Ask when all nodes were read: keys are revoked afterwards, too. A key of which `read`
   * knew nothing yet is not valid there either, so no signature goes unverified.
   */
  *check({ signingKeyId, seq, createdAtMicros: atMicros }: BundledNode): Generator<NodeFinding> {
    const fault = this.#ring.faultOf(signingKeyId, { purpose: 'nodes', seq, atMicros });
    if (fault !== undefined) yield [fault, faultMessages[fault]];
  }

  /** The keys that may sign the checkpoint of that size. */
  keysForCheckpoint(size: number): PublicKeyRecord[] {
    const place = { purpose: 'checkpoints', seq: size } as const;
    return this.#records.filter(({ keyId }) => this.#ring.faultOf(keyId, place) === undefined);
  }

  *#apply(node: BundledNode): Generator<NodeFinding> {
    // What is too long is reported as such, and not worth reading.
    if (node.content.length > maxContentBytes) return;
    const verdict = this.#ring.apply(node);
    if (!verdict.ok) {
      yield ['bad-key-statement', `The statement about a key is not to be believed: ${verdict.reason}.`];
      return;
    }
    const statement = readSignedKeyStatement(node.content)?.statement;
    if (statement?.kind !== 'admit') return;
    // A key that is trusted as well stands in the list already.
    if (this.#records.every(({ keyId }) => keyId !== statement.key.keyId)) this.#records.push(statement.key);
  }
}
