import type { DatabaseConfig } from '../config.ts';

/** What a diagnosis has to be told, beside the connection. */
export interface DiagnosisContext {
  /** As the service that is examined has it. */
  readonly config: DatabaseConfig;
  /** A program between us and the server lends its sessions by the transaction. Default: none is known of. */
  readonly isPooled?: boolean;
  /** This process's clock, milliseconds since 1970. Default: `Date.now`. */
  readonly now?: () => number;
}
