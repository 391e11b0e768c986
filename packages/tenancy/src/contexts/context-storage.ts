/** Something that lies in a {@link ContextStorage}. */
export interface StoredContent {
  readonly location: string;
  readonly storedAt: Date;
}

/**
 * Where contexts lie that are too large for their row. It gets what is compressed and, for tenants with encryption, sealed.
 * A location is of one tenant: the storage finds nothing there for another, whatever the location says.
 */
export interface ContextStorage {
  /** Stores for good: when this resolves, a crash loses nothing. **Shape** the location has 1 to 1000 characters. */
  put(tenantId: string, content: Uint8Array): Promise<string>;
  /** What lies there; undefined if nothing does, or more than `limitBytes`. */
  get(tenantId: string, location: string, limitBytes: number): Promise<Uint8Array | undefined>;
  /** Nothing happens when nothing is there. */
  remove(tenantId: string, location: string): Promise<void>;
  /** All that lies there of a tenant. */
  list(tenantId: string): AsyncIterable<StoredContent>;
}
