import { randomBytes } from 'node:crypto';

/** The statements that one connection has prepared. */
export class PreparedStatements {
  /**
   * Ends their names: a pooler, or an embedded server, can let connections share a session, in which a name exists
   * once.
   */
  readonly #suffix = randomBytes(6).toString('hex');
  readonly #prepared = new Set<string>();

  /** The name under which the server knows it. */
  nameOf(statement: string): string {
    return `${statement}_${this.#suffix}`;
  }

  has(statement: string): boolean {
    return this.#prepared.has(statement);
  }

  /** The server has said that it is prepared. */
  add(statement: string): void {
    this.#prepared.add(statement);
  }
}
