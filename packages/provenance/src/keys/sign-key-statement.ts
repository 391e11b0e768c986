import { ProvenanceError } from '../errors.ts';
import { canonicalize, type JsonValue } from '../format/canonical-json.ts';
import { toBase64 } from '../format/encoding.ts';
import { signBytes } from '../signing/sign-bytes.ts';
import type { Signer } from '../signing/signature.ts';
import { type KeyStatement, writeKeyStatement } from './key-statement.ts';
import type { KeyPurpose } from './key-terms.ts';
import { keyStatementMessage, readSignedKeyStatement } from './signed-key-statement.ts';

/** The content of a node of type `key`. */
export type KeyContent = Readonly<Record<string, JsonValue>>;

/** A key that is to sign, from the node on that admits it. */
export interface KeyToAdmit {
  readonly tenantId: string;
  /** It signs its own admission, which proves that somebody has it. */
  readonly key: Signer;
  /** What it may sign; everything unless told. */
  readonly purposes?: readonly KeyPurpose[] | undefined;
  /** The first moment at which it is valid. */
  readonly validFrom?: Date | undefined;
  /** The first moment at which it is valid no more. */
  readonly validUntil?: Date | undefined;
  /** The id of a key that is valid for nothing from then on. */
  readonly replaces?: string | undefined;
  /** On whose word: at least one of them may sign statements about keys, as the key that is replaced, or a root. */
  readonly authorities: readonly Signer[];
}

/**
 * The content of a node that admits a key. Whoever signs may be far away: nothing is locked meanwhile.
 *
 * @throws ProvenanceError `KEY_STATEMENT_INVALID` for what no verifier would read; `KEY_ID_MISMATCH`, `KEY_INVALID` or
 *   `SIGNER_FAULTY` for a signer that is not what it says
 * @see FORMAT.md section 14
 * @example
 * const content = await admitKey({ tenantId: 'acme', key: local, purposes: ['nodes'], validUntil, authorities: [root] });
 */
export async function admitKey(given: KeyToAdmit): Promise<KeyContent> {
  const { tenantId, key, purposes, validFrom, validUntil, replaces, authorities } = given;
  const terms = { purposes, validFromMicros: micros(validFrom), validUntilMicros: micros(validUntil) };
  const record = { keyId: key.keyId, publicKey: key.publicKey, ...terms };
  return sign({ kind: 'admit', tenantId, key: record, replaces }, [key, ...authorities]);
}

/** A key that is not to be believed. */
export interface KeyToRevoke {
  readonly tenantId: string;
  readonly keyId: string;
  /** What it signed from this number on, also if that stands in the log already. */
  readonly fromSeq: number;
  /** For people: it is in the log for good. */
  readonly reason: string;
  /** On whose word: at least one of them may sign statements about keys; the key itself, if it may. */
  readonly authorities: readonly Signer[];
}

/**
 * The content of a node that revokes a key.
 *
 * @throws ProvenanceError as `admitKey`
 */
export function revokeKey({ authorities, ...revocation }: KeyToRevoke): Promise<KeyContent> {
  return sign({ kind: 'revoke', ...revocation }, authorities);
}

async function sign(statement: KeyStatement, signers: readonly Signer[]): Promise<KeyContent> {
  const payload = writeKeyStatement(statement);
  const message = keyStatementMessage(payload);
  const distinct = [...new Map(signers.map((signer) => [signer.keyId, signer])).values()];
  const signatures = await Promise.all(
    distinct.map(async (signer) => ({
      keyid: signer.keyId,
      sig: toBase64(await signBytes(message, signer)),
    })),
  );
  const content = { payload, signatures };
  if (readSignedKeyStatement(canonicalize(content)) === undefined) throw unreadable();
  return content;
}

function micros(instant: Date | undefined): bigint | undefined {
  if (instant === undefined) return undefined;
  if (Number.isNaN(instant.getTime())) throw unreadable();
  return BigInt(instant.getTime()) * 1000n;
}

function unreadable(): ProvenanceError {
  return new ProvenanceError('KEY_STATEMENT_INVALID', 'No verifier would read this statement about a key.', {
    details: { reason: 'malformed-statement' },
  });
}
