import type { VerifyingKey } from '../crypto/index.ts';
import { type KeyTerms, type KeyUse, permits } from './key-terms.ts';

/** A key, and what the log says of it so far. */
export interface RingKey {
  readonly keyId: string;
  readonly verifyingKey: VerifyingKey;
  /** On what terms it is trusted from outside; undefined for one that only the log knows. */
  readonly trusted: KeyTerms | undefined;
  admission: Admission | undefined;
  /** Valid for nothing beyond this number. */
  validThrough: number;
  /** What it signed is not believed from this number on. */
  revokedFrom: number;
  /** The first and the last number that it signed and that were believed then. */
  signed: NumberRange | undefined;
}

interface Admission {
  readonly seq: number;
  readonly terms: KeyTerms;
  /** On whose word. */
  readonly vouchers: readonly RingKey[];
}

/** Numbers of the log, both included. */
export interface NumberRange {
  readonly first: number;
  readonly last: number;
}

/** Where in the log, and when, a key was used for what. */
export interface KeyPlace extends KeyUse {
  readonly seq: number;
}

export function ringKey(keyId: string, verifyingKey: VerifyingKey, trusted: KeyTerms | undefined): RingKey {
  return {
    keyId,
    verifyingKey,
    trusted,
    admission: undefined,
    validThrough: Infinity,
    revokedFrom: Infinity,
    signed: undefined,
  };
}

/** Why a key may not be used there, or undefined when it may. */
export function whyNotUsable(key: RingKey, place: KeyPlace): 'revoked-key' | 'key-not-valid' | undefined {
  const { seq } = place;
  if (seq >= key.revokedFrom) return 'revoked-key';
  if (seq > key.validThrough) return 'key-not-valid';
  const { trusted, admission } = key;
  // An admission binds a key that is trusted anyway, too: it may take from it, and adds nothing.
  if (trusted !== undefined && !permits(trusted, place)) return 'key-not-valid';
  if (admission !== undefined && seq >= admission.seq)
    return permits(admission.terms, place) ? undefined : 'key-not-valid';
  return trusted === undefined ? 'key-not-valid' : undefined;
}

export function noteSigned(key: RingKey, seq: number): void {
  const { first, last } = key.signed ?? { first: seq, last: seq };
  key.signed = { first: Math.min(first, seq), last: Math.max(last, seq) };
}

/** Whether all on whose word a key was admitted had been revoked by then; no key that is trusted anyway. */
export function hasFallen(key: RingKey): key is RingKey & { readonly admission: Admission } {
  const { trusted, admission } = key;
  if (trusted !== undefined || admission === undefined) return false;
  return admission.vouchers.every(({ revokedFrom }) => revokedFrom <= admission.seq);
}

/** Revokes, and answers between which numbers it signed what was believed and is not any more. */
export function revokeFrom(key: RingKey, fromSeq: number): NumberRange | undefined {
  const before = key.revokedFrom;
  key.revokedFrom = Math.min(before, fromSeq);
  if (key.signed === undefined) return undefined;
  const first = Math.max(key.revokedFrom, key.signed.first);
  const last = Math.min(before - 1, key.signed.last);
  return first <= last ? { first, last } : undefined;
}
