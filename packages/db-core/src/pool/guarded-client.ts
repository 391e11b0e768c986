import { DatabaseError as ServerError } from 'pg';
import { DatabaseError } from '../errors/database-error.ts';
import { fromBroken, fromServer } from '../errors/from-postgres.ts';
import { Flight, type Statement, type StatementResult } from './flight.ts';
import type { PooledConnection } from './pool.ts';
import type { Queryable } from './queryable.ts';

/** How long a transaction that is committing when it is interrupted may still wait for the answer. */
const COMMIT_GRACE_MS = 2000;

/**
 * A connection that was checked out, and what is known of its state.
 *
 * The pool must never lend on a connection that is inside a transaction: its next borrower would work with the last
 * one's tenant. So release decides, and on doubt destroys.
 */
export class GuardedClient implements Queryable {
  readonly #connection: PooledConnection;
  #isLost = false;
  #isDoubtful = false;
  #committing: 'with work' | 'alone' | undefined;
  #inFlight = 0;
  #isReleased = false;
  #refusal: DatabaseError | undefined;
  #failedAt: Statement | undefined;
  #last: Promise<unknown> = Promise.resolve();

  constructor(connection: PooledConnection) {
    this.#connection = connection;
    connection.countUse();
  }

  /** What the server said this backend is; a pooler makes it up. */
  get processId(): number | undefined {
    return this.#connection.processId;
  }

  /** {@link send} for one statement. */
  async query(text: string, values?: readonly unknown[]): Promise<StatementResult> {
    const results = await this.send([values === undefined ? { text } : { text, values }]);
    const [result] = results as [StatementResult];
    return result;
  }

  /**
   * Sends statements together, after those sent before them: one round trip, however many. Inside a transaction the
   * server refuses what follows a statement that fails.
   *
   * **Shape** one result a statement.
   * @throws {DatabaseError} the first one's that failed: mapped by SQLSTATE; `CONNECTION_LOST`; `INVALID_INPUT` for a
   *   value that cannot be sent; and, once {@link interrupt} was called, what it was called with.
   */
  send(statements: readonly Statement[]): Promise<StatementResult[]> {
    const results = this.#last.then(() => this.#sendNow(statements));
    this.#last = results.catch(() => undefined);
    return results;
  }

  /**
   * {@link send} for statements of which the last but at most one commits: from here on an interruption waits for the
   * answer. With `work` before the commit, that is what it stops. What fails is rolled back.
   */
  async sendCommitting(
    statements: readonly Statement[],
    work: 'with work' | 'alone',
  ): Promise<StatementResult[]> {
    this.#committing = work;
    try {
      return await this.send(statements);
    } catch (error) {
      // The server has not got as far as the commit. The first error wins.
      if (!this.isBroken() && this.isInTransaction()) await this.query('rollback').catch(() => undefined);
      throw isStopped(error) && this.#refusal !== undefined ? this.#refusal : error;
    } finally {
      this.#committing = undefined;
    }
  }

  /** The statement that the last flight to fail failed at: those before it were answered. */
  get failedAt(): Statement | undefined {
    return this.#failedAt;
  }

  /** False before `begin` and after the transaction's end, whoever ended it. */
  isInTransaction(): boolean {
    return this.#connection.getTransactionStatus() !== 'I';
  }

  /** Also when only a statement's error says so yet: the server says that it leaves before it does. */
  isBroken(): boolean {
    return this.#isLost || this.#connection.isBroken();
  }

  /** Says that it is broken, and why, as far as the server or the network has said so; else what somebody has met. */
  lost(met?: unknown): DatabaseError {
    return fromBroken(this.#connection.failure ?? met);
  }

  /**
   * Refuses further statements with `error`, and has the server stop the one that runs. A commit that is on its way
   * cannot be taken back: it may still be answered, and after a while the connection is ended without.
   *
   * Answers whether the borrower can be told at once; it cannot while the outcome is open.
   */
  interrupt(error: DatabaseError): boolean {
    this.#refusal = error;
    // A cancel request can arrive late, and would hit the next borrower.
    this.#isDoubtful = true;
    if (this.#committing === undefined) return true;
    if (this.#committing === 'with work') void this.#connection.cancel();
    setTimeout(() => {
      if (this.#committing !== undefined) this.#connection.destroy();
    }, COMMIT_GRACE_MS).unref();
    return false;
  }

  /** Gives the connection back if it is clean, and closes it if it is not; answers whether it can be lent on. */
  async release(): Promise<boolean> {
    this.#isReleased = true;
    if (this.#refusal !== undefined) {
      // The server does not notice that its client has left while it works for it.
      if (this.#inFlight > 0) await this.#connection.cancel();
      this.#connection.destroy();
    }
    const isReused = this.isClean() && !this.#connection.isWornOut();
    this.#connection.release(!isReused);
    return isReused;
  }

  /** True when the session is outside a transaction, as it was, and nothing but the server has ever failed on it. */
  isClean(): boolean {
    if (this.isBroken() || this.#isDoubtful || this.#inFlight > 0) return false;
    return !this.isInTransaction() && !this.#connection.hasForeignSettings();
  }

  async #sendNow(statements: readonly Statement[]): Promise<StatementResult[]> {
    if (this.#refusal !== undefined) throw this.#refusal;
    // It is somebody else's by now.
    if (this.#isReleased) {
      throw new DatabaseError('TRANSACTION_OVER', 'the connection was given back already');
    }
    const flight = this.#prepare(statements);
    this.#inFlight += 1;
    try {
      return await this.#connection.fly(flight);
    } catch (error) {
      this.#failedAt = flight.pending;
      throw this.#judge(error);
    } finally {
      // An error comes before the server says whether the transaction goes on.
      await this.#connection.ready();
      this.#inFlight -= 1;
    }
  }

  #prepare(statements: readonly Statement[]): Flight {
    try {
      return new Flight(statements);
    } catch (cause) {
      throw new DatabaseError('INVALID_INPUT', 'a parameter cannot be sent to PostgreSQL: see the cause', {
        cause,
      });
    }
  }

  #judge(error: unknown): DatabaseError {
    if (!(error instanceof ServerError)) {
      // An error of the server leaves the session in a known state. Any other leaves it in an unknown one.
      this.#isDoubtful = true;
      return this.lost(error);
    }
    const mapped = fromServer(error);
    if (mapped.code === 'CONNECTION_LOST') this.#isLost = true;
    return mapped;
  }
}

function isStopped(error: unknown): boolean {
  return error instanceof DatabaseError && error.code === 'STATEMENT_CANCELLED';
}
