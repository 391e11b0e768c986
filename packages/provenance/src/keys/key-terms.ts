/** What a key may sign. */
export const keyPurposes = ['checkpoints', 'keys', 'nodes'] as const;

/** One of {@link keyPurposes}; `keys` are statements that admit and revoke other keys. */
export type KeyPurpose = (typeof keyPurposes)[number];

/** What a key is good for, and when. */
export interface KeyTerms {
  /** All of {@link keyPurposes} unless told. */
  readonly purposes?: readonly KeyPurpose[] | undefined;
  /** **Units** microseconds since the Unix epoch, as a node's `createdAtMicros`. The first at which it is valid. */
  readonly validFromMicros?: bigint | undefined;
  /** The first at which it is valid no more. */
  readonly validUntilMicros?: bigint | undefined;
}

/** When and for what a key was used. */
export interface KeyUse {
  readonly purpose: KeyPurpose;
  /** `createdAtMicros` of what was signed. Without it, periods are not asked about. */
  readonly atMicros?: bigint | undefined;
}

/** Whether a key may be used so. The time is the writer's own: a period binds whoever is honest (FORMAT.md section 14). */
export function permits(terms: KeyTerms, { purpose, atMicros }: KeyUse): boolean {
  const { purposes, validFromMicros, validUntilMicros } = terms;
  if (purposes !== undefined && !purposes.includes(purpose)) return false;
  if (atMicros === undefined) return true;
  return (
    (validFromMicros === undefined || validFromMicros <= atMicros) &&
    (validUntilMicros === undefined || atMicros < validUntilMicros)
  );
}
