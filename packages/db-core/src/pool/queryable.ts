/** Whatever can be asked one statement: a connection of the pool, or an administrator's own. */
export interface Queryable {
  query(text: string, values?: readonly unknown[]): Promise<{ rows: Record<string, unknown>[] }>;
}
