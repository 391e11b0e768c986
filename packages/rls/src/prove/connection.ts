/**
 * An administrator's connection: `withAdministratorConnection` of db-core lends one.
 *
 * The proof works in one transaction that it rolls back.
 */
export interface ProofConnection {
  readonly query: (
    text: string,
    values?: readonly unknown[],
  ) => Promise<{
    readonly rows: Record<string, unknown>[];
    /** Of `copy`: how many rows. node-postgres says it. */
    readonly rowCount?: number | null;
  }>;
}

/** The rows of a statement that returns one JSON column called `row` each. */
export async function queryRows<T>(
  connection: ProofConnection,
  text: string,
  values?: readonly unknown[],
): Promise<T[]> {
  const { rows } = await connection.query(text, values);
  return rows.map(({ row }) => row as T);
}

/** Does something and takes it back, whatever comes of it. */
export async function undone<T>(connection: ProofConnection, work: () => Promise<T>): Promise<T> {
  await connection.query('savepoint undone');
  try {
    return await work();
  } finally {
    await connection.query('rollback to savepoint undone; release savepoint undone');
  }
}

export function quoteLiteral(text: string): string {
  const quoted = `'${text.replaceAll("'", "''").replaceAll('\\', '\\\\')}'`;
  return text.includes('\\') ? ` E${quoted}` : quoted;
}

export function quoteName(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
