import type { PostgresKind } from '../server.ts';
import type { SqlSession } from '../session.ts';

/** A migrated database to clone: plain data, so that it can be handed to other processes. */
export type TemplateRef = ServerTemplateRef | EmbeddedTemplateRef;

/** A template database on a server. */
export interface ServerTemplateRef {
  readonly kind: Exclude<PostgresKind, 'pglite'>;
  readonly serverUrl: string;
  readonly database: string;
}

/** A dumped data directory for PGlite. */
export interface EmbeddedTemplateRef {
  readonly kind: 'pglite';
  readonly dumpPath: string;
}

/** Brings an empty database to the state that tests begin with. */
export type Migrate = (session: SqlSession, url: string) => Promise<void>;
