import { createHash } from 'node:crypto';

/** Columns by name, as JSON writes them; bytes as `\x` and hex digits. */
export type Row = Readonly<Record<string, unknown>>;

/** How rows of a table are made. */
export interface RowMaker {
  readonly table: string;
  /** Row number `n` of a tenant. Rows of different numbers have no key in common; none refers to a row of number 2. */
  readonly row: (n: number, tenant: string) => Row;
  /** Rows that every tenant has besides number 1, because others refer to them. */
  readonly more?: readonly number[];
  /** The tenant is the whole key: there is no second row. */
  readonly isSingle?: true;
  /** What only the database can say of a row: SQL from the row, as jsonb, to the row with these columns. */
  readonly complete?: { readonly columns: readonly string[]; readonly sql: (row: string) => string };
}

/** An identifier that is the same for every tenant: keys begin with the tenant, so they do not meet. */
export const uuid = (n: number): string => `${String(n).padStart(8, '0')}-0000-4000-8000-000000000000`;
export const agent = (n: number): string => `agent ${String(n)}`;
export const task = (n: number): string => `task ${String(n)}`;
export const hash = (n = 0): string => `${String(n)}${'a'.repeat(63)}`;
export const publicKey = (n: number): Buffer => Buffer.alloc(32, n);
export const signingKey = (n: number): string =>
  `ed25519:${createHash('sha256').update(publicKey(n)).digest('hex').slice(0, 32)}`;
/** Bytes as JSON writes them. */
export const hex = (bytes: Uint8Array): string => `\\x${Buffer.from(bytes).toString('hex')}`;

/** The number of a row that the tenant that asks does not have and the others do. */
export const FOREIGN = 2;
/** The last of all, so that pairs with an order stay in it whatever else stands in the other place. */
export const PAIRED = 99;
export const PAST = '2025-01-01T00:00:00Z';
export const LATER = '2999-01-01T00:00:00Z';
