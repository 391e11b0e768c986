/** A column whose values are sealed for tenants with encryption. */
export interface SensitiveColumn {
  readonly table: string;
  readonly column: string;
  /** `text` and `varchar` are text, `bytea` is bytes. */
  readonly form: 'text' | 'bytes';
  /** Column that tells the rows of a tenant apart; its text is the row of the value's place. */
  readonly rowColumn: string;
  readonly rowType: 'uuid' | 'text' | 'bigint';
  /** Column with the SHA-256 of the stored value, hex, if there is one. */
  readonly checksumColumn?: string;
  /** Column with the key of a value that lies outside of the database, if one may. */
  readonly outsideKeyColumn?: string;
}

/**
 * The sensitive columns of this schema. A table that gets one is added here, gets a trigger with `app.require_sealed()`,
 * and writes and reads the column through a cipher.
 */
export const SENSITIVE_COLUMNS: readonly SensitiveColumn[] = [
  { table: 'offloaded_contexts', column: 'summary', form: 'text', rowColumn: 'id', rowType: 'uuid' },
  {
    table: 'offloaded_contexts',
    column: 'content',
    form: 'bytes',
    rowColumn: 'id',
    rowType: 'uuid',
    checksumColumn: 'storage_checksum',
    outsideKeyColumn: 'content_key_id',
  },
];
