import type { TenantKeyRing } from '../encryption/tenant-key-ring.ts';
import type { Place } from '../encryption/stored-value.ts';
import type { ContextStorage } from './context-storage.ts';

/** What a service stores its contexts with. */
export interface ContextOptions {
  /** Needed for tenants with encryption. */
  readonly keyRing?: TenantKeyRing;
  /** Needed for contexts that are too large for a row. */
  readonly storage?: ContextStorage;
}

/** Largest context that is kept in its row, bytes as stored. */
export const MAX_BYTES_IN_ROW = 1024 * 1024;

const TABLE = 'offloaded_contexts';
export const contentPlace = (id: string): Place => ({ table: TABLE, column: 'content', row: id });
export const summaryPlace = (id: string): Place => ({ table: TABLE, column: 'summary', row: id });
