import { isSignedBy, type SignedDocument } from '../transfer/signed-document.ts';

/** What a receipt calls itself, and is signed as. */
export const RECEIPT_KIND = 'erasure-receipt';

/** How many rows of a table went, and how many of those that had to go are still there. */
export interface TableErasure {
  readonly table: string;
  readonly deleted: number;
  readonly remaining: number;
}

/** Something that names what was erased, and stays. */
export interface Retained {
  /** A table, or a column of one. */
  readonly where: string;
  /** Null: nobody may look. */
  readonly rows: number | null;
  readonly reason: string;
}

/** What became of the tenant's key. */
export type KeyDestruction =
  /** There was none to destroy, or nobody who keeps keys was given. */
  | { readonly state: 'none' }
  | { readonly state: 'destroyed'; readonly at: string }
  /** What was encrypted with it can still be read. Destroying twice is the same as once. */
  | { readonly state: 'failed'; readonly problem: string; readonly remedy: string };

/** What was done when, by whom and why; what is left, and why. */
export interface Receipt {
  readonly format: 'agent-agency.erasure-receipt';
  readonly version: 1;
  readonly kind: 'tenant' | 'subject';
  readonly tenantId: string;
  /** SHA-256 that `hashSubject()` gives; null for a whole tenant. */
  readonly subjectSha256: string | null;
  readonly reason: string;
  readonly login: string;
  readonly applicationName: string;
  readonly database: string;
  readonly serverVersion: string;
  /** The entry in `app.tenant_maintenance`. */
  readonly maintenanceId: string;
  readonly transactionId: string;
  /** Where the write-ahead log was when everything was deleted and nothing committed. */
  readonly lsn: string;
  readonly beganAt: string;
  readonly tables: readonly TableErasure[];
  /** Rows of other tenants that named it, and went with it. */
  readonly ofOthers: readonly { readonly where: string; readonly deleted: number }[];
  /** Values that were overwritten in rows that stay. */
  readonly redacted: readonly { readonly where: string; readonly rows: number }[];
  /**
   * Keys of the subject that were destroyed: what they sealed stays where it is, and nobody can read it. 0 for a whole
   * tenant, whose keys are rows that go.
   */
  readonly subjectKeys: number;
  /** What the search afterwards looked through: that of a login that bypasses row level security, every row. */
  readonly searched: 'every row' | 'the tenant’s rows' | 'what the policies show';
  readonly retained: readonly Retained[];
  /** Where the bytes still lie, and how long. */
  readonly physical: readonly string[];
  readonly key: KeyDestruction;
  /** Whether nothing is left that had to go. */
  readonly complete: boolean;
}

/** What PostgreSQL still holds of what it has deleted. */
export const PHYSICAL_REMAINS: readonly string[] = [
  'row versions in tables and indexes, until they are vacuumed',
  'the write-ahead log, its archive and what replicas have not replayed, until they are recycled',
  'backups and exports that were made before, destroyed keys in their wrapped form included, until they expire',
];

export type SignedReceipt = SignedDocument<Receipt>;

/**
 * Whether the holder of a public key (32 raw bytes) vouches for a receipt. Looks at nothing else: the key has to come
 * from somewhere else than the receipt.
 */
export function verifyReceipt(receipt: SignedReceipt, publicKey: Uint8Array): boolean {
  return isSignedBy(RECEIPT_KIND, receipt, publicKey);
}
