import { verifyEd25519, type VerifyingKey } from '../crypto/index.ts';
import { ProvenanceError } from '../errors.ts';
import type { ProvenanceNode } from '../format/node.ts';
import { importPublicKeys, type PublicKeyRecord } from '../signing/public-key.ts';
import type { KeyAdmission, KeyRevocation } from './key-statement.ts';
import type { KeyTerms } from './key-terms.ts';
import {
  hasFallen,
  type KeyPlace,
  type NumberRange,
  noteSigned,
  revokeFrom,
  type RingKey,
  ringKey,
  whyNotUsable,
} from './ring-key.ts';
import { readSignedKeyStatement, type SignedKeyStatement } from './signed-key-statement.ts';

/** Why what a key signed is not believed. */
export type KeyFault =
  /** Neither trusted from outside nor admitted by the log so far, this node included. */
  | 'unknown-key'
  /** Admitted only later, replaced, outside its period, or not for this purpose. */
  | 'key-not-valid'
  | 'revoked-key';

/** Why a node of type `key` says nothing. */
export type KeyStatementFault =
  /** The content is no statement in its exact form, or names a key that must not be trusted. */
  | 'malformed-statement'
  | 'other-tenant'
  /** One of the signatures is not what it says; those of keys that are not known are passed over. */
  | 'bad-signature'
  /** The key that is admitted has not signed: whoever has it may know nothing of it. */
  | 'possession-not-proven'
  /** None of the signatures is of a key that may sign such statements there. */
  | 'not-authorized'
  /** A key is admitted once. */
  | 'admitted-before'
  /** The key that is revoked or replaced is not known. */
  | 'unknown-key';

/** What a node of type `key` came to. */
export type KeyStatementVerdict =
  | {
      readonly ok: true;
      /** What stood in the log already and is not to be believed any more. */
      readonly disbelieved: readonly SignedNumbers[];
    }
  | { readonly ok: false; readonly reason: KeyStatementFault };

/** A key, and between which numbers of the log it signed. */
export interface SignedNumbers extends NumberRange {
  readonly keyId: string;
}

/** What is known of a key. */
export interface KeyState extends KeyTerms {
  readonly keyId: string;
  /** From outside. The terms are those of its admission where there is one. */
  readonly trusted: boolean;
  /** The number of the node that admits it. */
  readonly admittedAt: number | undefined;
  /** The last number at which it is valid, once it was replaced. */
  readonly validThrough: number | undefined;
  readonly revokedFrom: number | undefined;
}

type KeyNode = Pick<ProvenanceNode, 'seq' | 'createdAtMicros' | 'content'>;

/**
 * Which keys may sign what in a tenant's log, and where: those that are trusted from outside, and what the log's own nodes of
 * type `key` say, each applied once and in the order of `seq`, before it is asked whether its own signer may sign it.
 *
 * What it answers depends on the place only: a ring that was told of the whole log answers for any number in it.
 *
 * Cost: memory for each key, none for a node.
 * @throws ProvenanceError `KEY_INVALID`, `KEY_ID_MISMATCH` for the keys that are trusted
 * @see FORMAT.md section 14
 * @example
 * const ring = new KeyRing('acme', trustedKeys);
 * for (const node of keyNodes) ring.apply(node);
 * ring.faultOf(node.signingKeyId, { purpose: 'nodes', seq: node.seq, atMicros: node.createdAtMicros });
 */
export class KeyRing {
  readonly #tenantId: string;
  /** In the order in which they became known: a key comes after those on whose word it was admitted. */
  readonly #keys = new Map<string, RingKey>();

  constructor(tenantId: string, trusted: readonly PublicKeyRecord[]) {
    this.#tenantId = tenantId;
    const verifyingKeys = importPublicKeys(trusted);
    for (const record of trusted) {
      const verifyingKey = verifyingKeys.get(record.keyId);
      if (verifyingKey !== undefined)
        this.#keys.set(record.keyId, ringKey(record.keyId, verifyingKey, record));
    }
  }

  /** The key that an id names, wherever it may be used; undefined when it is not known. */
  find(keyId: string): VerifyingKey | undefined {
    return this.#keys.get(keyId)?.verifyingKey;
  }

  /** All keys, in the order in which they became known. */
  list(): KeyState[] {
    return [...this.#keys.values()].map(stateOf);
  }

  /** Why a key may not be used there, or undefined when it may. */
  faultOf(keyId: string, place: KeyPlace): KeyFault | undefined {
    const key = this.#keys.get(keyId);
    return key === undefined ? 'unknown-key' : whyNotUsable(key, place);
  }

  /** Remembers that the log has something that a key signed, to name the numbers should the key be revoked later. */
  noteSigned(keyId: string, seq: number): void {
    const key = this.#keys.get(keyId);
    if (key !== undefined) noteSigned(key, seq);
  }

  /** Takes in what a node of type `key` says; one that says nothing changes nothing. Never throws for what is in it. */
  apply(node: KeyNode): KeyStatementVerdict {
    const signed = readSignedKeyStatement(node.content);
    if (signed === undefined) return refused('malformed-statement');
    const { statement } = signed;
    if (statement.tenantId !== this.#tenantId) return refused('other-tenant');
    return statement.kind === 'admit'
      ? this.#admit(node, statement, signed)
      : this.#revoke(node, statement, signed);
  }

  #admit(node: KeyNode, { key, replaces }: KeyAdmission, signed: SignedKeyStatement): KeyStatementVerdict {
    const verifyingKey = importKey(key);
    if (verifyingKey === undefined) return refused('malformed-statement');
    const replaced = replaces === undefined ? undefined : this.#keys.get(replaces);
    if (replaces !== undefined && replaced === undefined) return refused('unknown-key');
    const known = this.#keys.get(key.keyId);
    if (known?.admission !== undefined) return refused('admitted-before');
    if (!signed.signatures.has(key.keyId)) return refused('possession-not-proven');
    const admitted = known ?? ringKey(key.keyId, verifyingKey, undefined);
    const vouchers = this.#vouchersOf(node, signed, admitted);
    if (typeof vouchers === 'string') return refused(vouchers);
    admitted.admission = { seq: node.seq, terms: key, vouchers };
    this.#keys.set(key.keyId, admitted);
    if (replaced !== undefined) replaced.validThrough = Math.min(replaced.validThrough, node.seq);
    return { ok: true, disbelieved: [] };
  }

  #revoke(node: KeyNode, { keyId, fromSeq }: KeyRevocation, signed: SignedKeyStatement): KeyStatementVerdict {
    const key = this.#keys.get(keyId);
    if (key === undefined) return refused('unknown-key');
    const vouchers = this.#vouchersOf(node, signed);
    if (typeof vouchers === 'string') return refused(vouchers);
    const disbelieved = [signedNumbers(key, fromSeq)];
    // With it fall the keys that were admitted on its word alone, and so on.
    for (const later of this.#keys.values())
      if (hasFallen(later)) disbelieved.push(signedNumbers(later, later.admission.seq));
    return { ok: true, disbelieved: disbelieved.filter((numbers) => numbers !== undefined) };
  }

  /** The signers that may make such statements there, or why there are none. */
  #vouchersOf(
    { seq, createdAtMicros: atMicros }: KeyNode,
    { message, signatures }: SignedKeyStatement,
    admitted?: RingKey,
  ): readonly RingKey[] | KeyStatementFault {
    const vouchers: RingKey[] = [];
    for (const [keyId, signature] of signatures) {
      const key = keyId === admitted?.keyId ? admitted : this.#keys.get(keyId);
      if (key === undefined) continue;
      if (!verifyEd25519(key.verifyingKey, message, signature)) return 'bad-signature';
      if (whyNotUsable(key, { purpose: 'keys', seq, atMicros }) === undefined) vouchers.push(key);
    }
    return vouchers.length === 0 ? 'not-authorized' : vouchers;
  }
}

function stateOf({ keyId, trusted, admission, validThrough, revokedFrom }: RingKey): KeyState {
  const { purposes, validFromMicros, validUntilMicros } = admission?.terms ?? trusted ?? {};
  return {
    keyId,
    purposes,
    validFromMicros,
    validUntilMicros,
    trusted: trusted !== undefined,
    admittedAt: admission?.seq,
    validThrough: finite(validThrough),
    revokedFrom: finite(revokedFrom),
  };
}

function finite(seq: number): number | undefined {
  return seq === Infinity ? undefined : seq;
}

function refused(reason: KeyStatementFault): KeyStatementVerdict {
  return { ok: false, reason };
}

function signedNumbers(key: RingKey, fromSeq: number): SignedNumbers | undefined {
  const range = revokeFrom(key, fromSeq);
  return range && { keyId: key.keyId, ...range };
}

/** A key that must not be trusted is none. */
function importKey(record: PublicKeyRecord): VerifyingKey | undefined {
  try {
    return importPublicKeys([record]).get(record.keyId);
  } catch (error) {
    if (error instanceof ProvenanceError) return undefined;
    throw error;
  }
}
