/** Why a migration was refused or failed. The set is closed; each has one meaning. */
export type MigrationErrorCode =
  /** The server is older than PostgreSQL 16, or its `vector` extension than 0.8. */
  | 'SERVER_TOO_OLD'
  /** The server has no `vector` extension, or the database has it in another schema than `public`. */
  | 'VECTOR_MISSING'
  /** This login may not create the roles or the extension, or not hand out what the migrations need. */
  | 'NOT_ADMINISTRATOR'
  /**
   * A file name is not `NNN_name.sql`, two share a number, a number is left out, one of a pair is missing, or a file has
   * a `commit`; or a new file cannot be made under that name or in that folder.
   */
  | 'BAD_FILE'
  /** A file changed after it was applied. */
  | 'CHECKSUM_DRIFT'
  /** The journal has a migration for which there is no file. */
  | 'MISSING_FILE'
  /** A file that is not applied has a lower number than one that is. */
  | 'OUT_OF_ORDER'
  /** There is no migration with the number that was asked for. */
  | 'UNKNOWN_VERSION'
  /** What undoes every migration was asked to work on a database that holds something already. */
  | 'DATABASE_NOT_EMPTY'
  /** A statement of a file failed; the file was rolled back whole, unless it asks for no transaction or is a companion. */
  | 'STATEMENT_FAILED';

/**
 * A migration was refused or failed. Nothing of the file it names is in the database, unless the file asks for no
 * transaction or the connection broke in the commit; either way the next run goes on from what the journal says.
 *
 * This package stands below `@agent-agency/db-core` and has no dependencies, so its error is not a
 * `DataLayerError`; it has the same fields.
 */
export class MigrationError extends Error {
  override readonly name = 'MigrationError';
  readonly code: MigrationErrorCode;
  readonly details: Readonly<Record<string, string | number>>;

  constructor(
    code: MigrationErrorCode,
    message: string,
    options: { details?: Readonly<Record<string, string | number>>; cause?: unknown } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.details = options.details ?? {};
  }
}
