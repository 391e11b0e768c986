import type { KeyFault, KeyPlace, KeyStatementFault, KeyTerms } from '../../../src/verify.ts';

/** Keys are numbers here, and signatures always hold. */
export type ModelStatement =
  | {
      readonly kind: 'admit';
      readonly key: number;
      readonly terms: KeyTerms;
      readonly replaces: number | undefined;
      readonly authorities: readonly number[];
    }
  | {
      readonly kind: 'revoke';
      readonly key: number;
      readonly fromSeq: number;
      readonly authorities: readonly number[];
    };

export interface ModelNumbers {
  readonly key: number;
  readonly first: number;
  readonly last: number;
}

type Verdict =
  | { readonly ok: true; readonly disbelieved: readonly ModelNumbers[] }
  | { readonly ok: false; readonly reason: KeyStatementFault };

interface Admitted {
  readonly key: number;
  readonly terms: KeyTerms;
  readonly seq: number;
  readonly vouchers: readonly number[];
}

/** FORMAT.md section 14, word by word, over lists of all that has happened. */
export class NaiveKeys {
  readonly #roots: readonly { readonly key: number; readonly terms: KeyTerms }[];
  readonly #admitted: Admitted[] = [];
  readonly #replaced: { readonly key: number; readonly seq: number }[] = [];
  readonly #revoked: { readonly key: number; readonly fromSeq: number }[] = [];
  readonly #signed: { readonly key: number; readonly seq: number }[] = [];

  constructor(roots: readonly { readonly key: number; readonly terms: KeyTerms }[]) {
    this.#roots = roots;
  }

  noteSigned(key: number, seq: number): void {
    this.#signed.push({ key, seq });
  }

  faultOf(key: number, { purpose, seq, atMicros = 0n }: KeyPlace): KeyFault | undefined {
    const trusted = this.#trusted(key);
    const admission = this.#admission(key);
    if (trusted === undefined && admission === undefined) return 'unknown-key';
    if (this.#revokedFrom(key) <= seq) return 'revoked-key';
    if (this.#replaced.some((replaced) => replaced.key === key && replaced.seq < seq)) return 'key-not-valid';
    const asked = [trusted, admission !== undefined && admission.seq <= seq ? admission.terms : undefined];
    const terms = asked.filter((given) => given !== undefined);
    const fine = terms.every(
      ({ purposes = [], validFromMicros = atMicros, validUntilMicros = atMicros + 1n }) =>
        purposes.includes(purpose) && validFromMicros <= atMicros && atMicros < validUntilMicros,
    );
    return terms.length > 0 && fine ? undefined : 'key-not-valid';
  }

  apply(said: ModelStatement, { seq, atMicros }: { seq: number; atMicros: bigint }): Verdict {
    const subject = said.kind === 'admit' ? said.replaces : said.key;
    if (subject !== undefined && !this.#isKnown(subject)) return { ok: false, reason: 'unknown-key' };
    if (said.kind === 'admit' && this.#admission(said.key) !== undefined)
      return { ok: false, reason: 'admitted-before' };
    const signers = new Set([...(said.kind === 'admit' ? [said.key] : []), ...said.authorities]);
    const vouchers = [...signers].filter(
      (key) => this.faultOf(key, { purpose: 'keys', seq, atMicros }) === undefined,
    );
    if (vouchers.length === 0) return { ok: false, reason: 'not-authorized' };
    if (said.kind === 'revoke') return { ok: true, disbelieved: this.#revoke(said) };
    this.#admitted.push({ key: said.key, terms: said.terms, seq, vouchers });
    if (said.replaces !== undefined) this.#replaced.push({ key: said.replaces, seq });
    return { ok: true, disbelieved: [] };
  }

  #revoke({ key, fromSeq }: { key: number; fromSeq: number }): ModelNumbers[] {
    const keys = [key, ...this.#admitted.map((admitted) => admitted.key).filter((other) => other !== key)];
    const before = new Map(keys.map((each) => [each, this.#revokedFrom(each)]));
    this.#revoked.push({ key, fromSeq });
    return keys.flatMap((each) => {
      const [from, until] = [this.#revokedFrom(each), before.get(each) ?? Infinity];
      const numbers = this.#signed.filter((signed) => signed.key === each).map((signed) => signed.seq);
      const first = Math.max(from, Math.min(...numbers));
      const last = Math.min(until - 1, Math.max(...numbers));
      return numbers.length > 0 && first <= last ? [{ key: each, first, last }] : [];
    });
  }

  /** From where it was revoked, or from where it fell with those who vouched for it. */
  #revokedFrom(key: number): number {
    const said = this.#revoked.filter((revoked) => revoked.key === key).map(({ fromSeq }) => fromSeq);
    const admission = this.#trusted(key) === undefined ? this.#admission(key) : undefined;
    const fallen = admission?.vouchers.every((voucher) => this.#revokedFrom(voucher) <= admission.seq);
    return Math.min(...said, fallen === true && admission !== undefined ? admission.seq : Infinity);
  }

  #isKnown(key: number): boolean {
    return this.#trusted(key) !== undefined || this.#admission(key) !== undefined;
  }

  #trusted(key: number): KeyTerms | undefined {
    return this.#roots.find((root) => root.key === key)?.terms;
  }

  #admission(key: number): Admitted | undefined {
    return this.#admitted.find((admitted) => admitted.key === key);
  }
}
