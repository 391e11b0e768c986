import type { DatabaseConfig } from '../config.ts';

/** What a diagnosis has to be told, beside the connection. */
export interface DiagnosisContext {
  /** As the service that is examined has it. */
  readonly config: DatabaseConfig;
  /** The program that lends the server's sessions by the transaction; undefined when none is known of. */
  readonly pooler?: { readonly keepsPrepared: boolean } | undefined;
  /** This process's clock, milliseconds since 1970. Default: `Date.now`. */
  readonly now?: () => number;
}
