import { DatabaseError as ServerError, type PoolClient, type QueryResult } from 'pg';
import { fromPostgres } from '../errors/from-postgres.ts';

/**
 * A connection that was checked out, and what is known of its state.
 *
 * The pool must never lend on a connection that is inside a transaction: its next borrower would work with the last
 * one's tenant. So release decides, and on doubt destroys.
 */
export class GuardedClient {
  readonly #client: PoolClient;
  #connectionError: unknown;

  constructor(client: PoolClient) {
    this.#client = client;
    // Without a listener, an error between two statements would end the process.
    client.on('error', this.#remember);
  }

  /** @throws {DatabaseError} mapped by SQLSTATE. */
  async query(text: string, values?: readonly unknown[]): Promise<QueryResult<Record<string, unknown>>> {
    try {
      return await this.#client.query(text, values as unknown[] | undefined);
    } catch (error) {
      // An error of the server leaves the session in a known state. Any other leaves it in an unknown one.
      if (!(error instanceof ServerError)) this.#remember(error);
      throw fromPostgres(error);
    }
  }

  /** True when the session is outside a transaction and nothing but the server has ever failed on it. */
  isClean(): boolean {
    return this.#connectionError === undefined && this.#client.getTransactionStatus() === 'I';
  }

  /** Gives the connection back if it is clean, and closes it if it is not. */
  release(): void {
    const isClean = this.isClean();
    this.#client.off('error', this.#remember);
    this.#client.release(!isClean);
  }

  readonly #remember = (error: unknown): void => {
    this.#connectionError ??= error;
  };
}
