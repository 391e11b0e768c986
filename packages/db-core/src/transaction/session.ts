import { isDataLayerError } from '../errors/data-layer-error.ts';
import { DatabaseError } from '../errors/database-error.ts';
import type { Statement, StatementResult } from '../pool/flight.ts';
import type { GuardedClient } from '../pool/guarded-client.ts';
import { isEnding } from './ending.ts';

/** What a transaction begins with; sent together with its first statement. */
export type Preamble = readonly Statement[];

export const COMMIT: Statement = { text: 'commit', isSilent: true };

/** What has gone wrong in a transaction. */
interface Failed {
  readonly firstError: unknown;
}

/** A transaction on a connection: begins with its first statement, so that beginning costs no round trip of its own. */
export class TransactionSession {
  readonly #client: GuardedClient;
  /** What goes ahead of the next statement, in its flight. */
  #ahead: Statement[];
  #hasBegun = false;
  /** Why nothing more may be sent. */
  #refusal: ((cause?: unknown) => DatabaseError) | undefined;
  #last: Promise<unknown> = Promise.resolve();

  constructor(client: GuardedClient, preamble: Preamble) {
    this.#client = client;
    this.#ahead = [...preamble];
  }

  /** Has a statement sent ahead of the next one, if there is a next one; answers how to take it back. */
  sendAhead(statement: Statement): () => boolean {
    this.#ahead.push(statement);
    return () => {
      const at = this.#ahead.indexOf(statement);
      if (at >= 0) this.#ahead.splice(at, 1);
      return at >= 0;
    };
  }

  /**
   * Sends statements together, when those before them are answered. Answers the last one's result.
   *
   * @throws {DatabaseError} what they fail with; `TRANSACTION_OVER` when it is, or when the last one ended it.
   */
  send(...statements: readonly [Statement, ...Statement[]]): Promise<StatementResult> {
    const flight = [...this.#ahead, ...statements];
    this.#ahead = [];
    this.#hasBegun = true;
    const answer = this.#last.then(() => this.#fly(flight));
    this.#last = answer.catch(() => undefined);
    return answer;
  }

  /**
   * Commits when the statements are answered that were sent and not awaited, which belong to the transaction.
   * `after` follows in the flight of COMMIT, and its result is the answer.
   */
  async commit(failed: Failed, after?: Statement): Promise<StatementResult | undefined> {
    await this.#last;
    const refusal = this.#refusal;
    this.#refusal = transactionOver;
    if (!this.#hasBegun) return after === undefined ? undefined : this.#client.query(after.text);
    if (this.#client.isBroken()) {
      throw isDataLayerError(failed.firstError, 'CONNECTION_LOST') ? failed.firstError : this.#client.lost();
    }
    if (refusal !== undefined) throw refusal(failed.firstError);
    const [committed, followed] = await this.#sendCommit(after === undefined ? [] : [after]);
    if (committed?.command === 'COMMIT') return followed;
    throw new DatabaseError(
      'COMMIT_ROLLED_BACK',
      'nothing was written: a statement had failed, and its error was caught inside the transaction',
      { cause: failed.firstError },
    );
  }

  async rollBack(): Promise<void> {
    // What waits for its turn must not run after it.
    this.#refusal = transactionOver;
    // If it fails, the session is not clean and release destroys it, which rolls back too.
    if (this.#hasBegun) await this.#client.query('rollback').catch(() => undefined);
  }

  /** What came after an ending would run without the tenant, and with the login's rights instead of the application's. */
  async #fly(flight: readonly Statement[]): Promise<StatementResult> {
    if (this.#refusal !== undefined) throw this.#refusal();
    try {
      const results = await this.#client.send(flight);
      const [statement] = flight.slice(-1) as [Statement];
      const [answer] = results.slice(-1) as [StatementResult];
      if (isEnding(statement, answer)) this.#refusal = endedEarly;
      else return answer;
    } finally {
      // A statement that fails can be an ending, too: a commit that a deferred constraint refuses.
      if (!this.#client.isBroken() && !this.#client.isInTransaction()) this.#refusal ??= endedEarly;
    }
    throw endedEarly();
  }

  async #sendCommit(after: readonly Statement[]): Promise<StatementResult[]> {
    try {
      return await this.#client.sendCommitting([COMMIT, ...after], 'alone');
    } catch (error) {
      // What follows a COMMIT that was answered can fail, too.
      const hasCommitted = after.some((statement) => statement === this.#client.failedAt);
      const isUnknown = hasCommitted || isDataLayerError(error, 'CONNECTION_LOST');
      throw isUnknown ? commitUnknown(error) : error;
    }
  }
}

export function commitUnknown(cause: unknown): DatabaseError {
  return new DatabaseError(
    'COMMIT_UNKNOWN',
    'the connection broke while committing: look whether the change is there before you run it again',
    { cause },
  );
}

/** Somebody ended the transaction who should not. */
export function endedEarly(cause?: unknown): DatabaseError {
  return new DatabaseError(
    'TRANSACTION_OVER',
    'a statement ended the transaction: leave that to its owner',
    cause === undefined ? {} : { cause },
  );
}

export function transactionOver(): DatabaseError {
  return new DatabaseError('TRANSACTION_OVER', 'the transaction is over: await every statement inside it');
}
