/** Where a server comes from, in the order in which they are tried. */
export type PostgresKind = 'url' | 'docker' | 'installed' | 'provisioned' | 'pglite';

/** A running PostgreSQL and the way to end it. */
export interface PostgresServer {
  readonly kind: PostgresKind;
  /** Login that may create databases, into the maintenance database. */
  readonly url: string;
  /** As the server calls itself, for example `17.11`. */
  readonly version: string;
  /** Stops it and removes what was made for it; a server that was given by URL is left alone. May be called twice. */
  stop(): Promise<void>;
}

/** The oldest major version whose features the schema needs. */
export const MINIMUM_MAJOR = 16;

/** The major version in texts like `17.11 (Debian 17.11-0+deb13u1)` or `18beta1`. */
export function majorOf(version: string): number {
  return Number.parseInt(version, 10);
}
