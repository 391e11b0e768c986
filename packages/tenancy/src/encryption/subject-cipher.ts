import type { TenantTransaction } from '@agent-agency/db-core';
import { z } from 'zod';
import { hashSubject } from '../erasure/hash-subject.ts';
import { parseInput, TenancyError } from '../errors.ts';
import { ownRows, type StoredKey, type TenantRows } from './data-keys.ts';
import { remembered } from './remembered.ts';
import { parseStoredText, sealedText } from './stored-text.ts';
import { seal, unreadable, unseal, type Place, type TenantPlace } from './stored-value.ts';
import { findSubjectKey, insertSubjectKey, lockSubjectKey } from './subject-keys.ts';
import { commitmentTo, JsonValue, salted, SealedForSubject, unsalted } from './subject-value.ts';
import type { TenantKeyRing } from './tenant-key-ring.ts';

const SubjectValue = z.strictObject({
  /** An agent's id, or a user's: what `forgetSubject()` will be given. */
  subjectId: z.string().min(1).max(255),
  /** Where the value is recorded first. Opened, it has to be said again. */
  place: z.strictObject({ table: z.string(), column: z.string(), row: z.string() }),
  value: JsonValue,
});
export type SubjectValue = z.input<typeof SubjectValue>;

/** A value that was sealed for a subject, or that it was and can be read no more. */
export type OpenedForSubject =
  { readonly state: 'open'; readonly value: JsonValue } | { readonly state: 'destroyed' };

/**
 * Seals what is recorded for good about a person or an agent, each with a key of its own, in one transaction. Who destroys
 * that key makes it unreadable and changes no byte: hashes, signatures and proofs over it stay valid.
 *
 * Independent of the tenant's `encryption_enabled`. A subject's first key is made when the first value is sealed for it;
 * one that was forgotten and comes back gets a new key.
 *
 * **Runs** one statement for each subject that is sealed for, which holds its key until the transaction ends, and one for
 * each key that opens. Seal before you write what else you have to: whoever forgets a subject waits for its key first, and
 * for the tenant's writers then.
 *
 * @throws what the methods reject with: {@link TenancyError} `INVALID_INPUT`, `VALUE_UNREADABLE`, `KEY_UNAVAILABLE`, and
 *   `KEY_DESTROYED` when the tenant's own keys were.
 * @example
 * const cipher = createSubjectCipher(tx, keyRing);
 * const place = { table: 'caws_provenance_graph', column: 'content', row: id };
 * const reviewer = await cipher.seal({ subjectId: 'ada', place, value: { name: 'Ada', remark: 'Too costly.' } });
 * await appendNodes(tx, [{ id, content: { decision: 'reject', reviewer }, ...node }], signer);
 * await cipher.open(place, reviewer); // { state: 'open', value: { name: 'Ada', remark: 'Too costly.' } }
 */
export function createSubjectCipher(tx: TenantTransaction, keyRing: TenantKeyRing): SubjectCipher {
  return new SubjectCipher(ownRows(tx), keyRing);
}

export class SubjectCipher {
  readonly #rows: TenantRows;
  readonly #keyRing: TenantKeyRing;
  readonly #sealing = new Map<string, Promise<StoredKey>>();
  readonly #opening = new Map<string, Promise<StoredKey | 'destroyed' | undefined>>();

  constructor(rows: TenantRows, keyRing: TenantKeyRing) {
    this.#rows = rows;
    this.#keyRing = keyRing;
  }

  /** What to record in the value's place. */
  async seal(input: SubjectValue): Promise<SealedForSubject> {
    const { subjectId, place, value } = parseInput(SubjectValue, input, 'what is to be sealed');
    const subject = hashSubject(this.#rows.tenantId, subjectId);
    const key = await remembered(this.#sealing, subject, () => this.#sealingKey(subject));
    const plaintext = salted(value);
    const sealed = await this.#withKey(key, (dataKey) => seal(dataKey, plaintext, this.#whole(place)));
    return { sealed: sealedText(sealed), commitment: commitmentTo(plaintext) };
  }

  /** What {@link seal} was given. */
  async open(place: Place, recorded: unknown): Promise<OpenedForSubject> {
    const form = SealedForSubject.safeParse(recorded);
    if (!form.success) throw unreadable(place, 'it has not the form of a value that is sealed for a subject');
    const { sealed, commitment } = form.data;
    const value = parseStoredText(sealed, place);
    if (value.kind === 'open') throw unreadable(place, 'it is not sealed');
    const { keyId } = value;
    const key = await remembered(this.#opening, keyId, () => findSubjectKey(this.#rows, keyId));
    if (key === undefined) throw unreadable(place, `no subject of the tenant has a key ${keyId}`);
    if (key === 'destroyed') return { state: 'destroyed' };
    const plaintext = await this.#withKey(key, (dataKey) => unseal(dataKey, value, this.#whole(place)));
    if (commitmentTo(plaintext) !== commitment) throw unreadable(place, 'it is not what was committed to');
    return { state: 'open', value: unsalted(plaintext) };
  }

  /** Asked once: the answer holds for the whole transaction, in which the key is locked. */
  async #sealingKey(subject: string): Promise<StoredKey> {
    const found = await lockSubjectKey(this.#rows, subject);
    if (found !== undefined) return found;
    await insertSubjectKey(this.#rows, this.#keyRing, subject);
    const made = await lockSubjectKey(this.#rows, subject);
    if (made !== undefined) return made;
    throw new TenancyError('KEY_UNAVAILABLE', 'the subject was forgotten at this moment: again', {
      retryable: true,
    });
  }

  #withKey<T>(key: StoredKey, work: Parameters<typeof TenantKeyRing.prototype.withKey<T>>[2]): Promise<T> {
    const name = { tenantId: this.#rows.tenantId, keyId: key.id };
    return this.#keyRing.withKey(name, key.wrapped, work);
  }

  #whole(place: Place): TenantPlace {
    return { ...place, tenantId: this.#rows.tenantId };
  }
}
