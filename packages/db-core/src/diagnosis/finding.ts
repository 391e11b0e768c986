/** What a diagnosis can find. The set is closed; each has one meaning. */
export type FindingCode =
  /** The login could switch row level security off. */
  | 'PRIVILEGED_ROLE'
  /** The login is not the application: it can neither read nor write. */
  | 'LOGIN_WITHOUT_RIGHTS'
  /** Older than PostgreSQL 16. */
  | 'SERVER_TOO_OLD'
  /** A minor version without fixes for leaks, takeover or corruption. */
  | 'SERVER_KNOWN_BUGS'
  /** The primary takes no writes. */
  | 'SERVER_READ_ONLY'
  /** What was committed can be lost or damaged when the server or its machine stops. */
  | 'DURABILITY_OFF'
  /** The database does not store UTF-8. */
  | 'ENCODING_NOT_UTF8'
  /** Indexes were built under other rules of sorting than the server has now. */
  | 'COLLATION_CHANGED'
  /** The clocks of this process and of the server differ, and signatures expire. */
  | 'CLOCK_SKEW'
  /** The pool is larger than what the server lends to this login. */
  | 'MAX_CONNECTIONS_TOO_LOW'
  /** The `vector` extension is not in the database. */
  | 'EXTENSION_MISSING'
  /** Older than pgvector 0.8. */
  | 'PGVECTOR_TOO_OLD'
  /** A pgvector without fixes for leaks or corruption. */
  | 'PGVECTOR_KNOWN_BUGS'
  /** The database is not migrated. */
  | 'SCHEMA_MISSING'
  /** A table with tenants' rows that row level security does not guard. */
  | 'RLS_OFF'
  /** A view that shows tenants' rows with its owner's rights. */
  | 'VIEW_BYPASSES_RLS'
  /** The session asks for errors instead of policies. */
  | 'ROW_SECURITY_OFF'
  /** The role of the application has settings of its own, which whoever has its login can store. */
  | 'ROLE_SETTINGS'
  /** The application may do what only an administrator can take from it. */
  | 'NOT_HARDENED'
  /** There is no key to sign tenant contexts with. */
  | 'CONTEXT_KEY_MISSING'
  /** The database does not accept what the key signs. */
  | 'CONTEXT_KEY_REJECTED'
  /** The key stops being valid soon. */
  | 'CONTEXT_KEY_EXPIRING'
  /** The connection to another machine is not encrypted. */
  | 'TLS_OFF'
  /** The connection is encrypted, to whoever answers. */
  | 'TLS_UNVERIFIED'
  /** node-postgres gives up on statements that the server goes on with. */
  | 'UNSAFE_QUERY_TIMEOUT'
  /** A statement may run for ever. */
  | 'STATEMENT_TIMEOUT_OFF'
  /** This login may not look. */
  | 'NOT_CHECKED';

/** `error`: unsafe, or does not work. `warning`: works until it does not. `info`: good to know. */
export type Severity = 'error' | 'warning' | 'info';

/** Something that is, or may become, wrong with a database or with how it is used. */
export interface Finding {
  readonly code: FindingCode;
  readonly severity: Severity;
  /** One clause. */
  readonly title: string;
  /** What was seen: names of objects, versions and numbers, one a line; no row, no secret. */
  readonly detail: string;
  /** What to do. */
  readonly remedy: string;
  /** Where to read more. */
  readonly docs?: string;
}

/** What could not be looked at because the login may not. */
export function notChecked(subject: string): Finding {
  return {
    code: 'NOT_CHECKED',
    severity: 'info',
    title: `not checked: ${subject}`,
    detail: 'This login may not look.',
    remedy: "diagnose with an administrator's login as well",
  };
}
