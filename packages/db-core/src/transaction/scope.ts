import { AsyncLocalStorage } from 'node:async_hooks';
import type { CompiledQuery, DatabaseConnection, QueryResult } from 'kysely';
import { DatabaseError } from '../errors/database-error.ts';
import type { Telemetry } from '../telemetry/telemetry.ts';
import type { TenantContext } from '../tenant/tenant-context.ts';
import { transactionOver, type TransactionSession } from './session.ts';
import type { TransactionOptions } from './transaction-options.ts';

/** Whose transaction it is. */
export interface ScopeOwner {
  /** The pool's manager, by identity. */
  readonly manager: object;
  /** Undefined: an operator's. */
  readonly context: TenantContext | undefined;
  /** With the defaults. */
  readonly options: TransactionOptions;
}

interface ScopeParts {
  readonly whose: ScopeOwner;
  readonly session: TransactionSession;
  readonly telemetry: Telemetry;
}

/**
 * A transaction, or a part of it that can be undone by itself, as Kysely sees it: a connection that is lent until the
 * scope ends.
 */
export class Scope implements DatabaseConnection {
  readonly whose: ScopeOwner;
  readonly #session: TransactionSession;
  readonly #telemetry: Telemetry;
  readonly #outer: Scope | undefined;
  #isOver = false;
  #hasInner = false;
  /** Inner scopes that were asked for and have not ended, also those that wait for their turn. */
  #innerCount = 0;
  #innerEnd: Promise<unknown> = Promise.resolve();
  #firstError: unknown;

  constructor({ whose, session, telemetry }: ScopeParts, outer?: Scope) {
    this.whose = whose;
    this.#session = session;
    this.#telemetry = telemetry;
    this.#outer = outer;
  }

  /** The open scopes that the asynchronous flow is in, the innermost first, whatever ended ones it has come through. */
  static *surrounding(): Generator<Scope> {
    for (let frame = open(flow.getStore()); frame !== undefined; frame = open(frame.below)) yield frame.scope;
  }

  /** Whether every statement is refused: it has ended, or one around it has. */
  get isOver(): boolean {
    return this.#isOver || (this.#outer?.isOver ?? false);
  }

  /** What the first failed statement failed with, if one did. */
  get firstError(): unknown {
    return this.#firstError;
  }

  /**
   * Runs `work` as being inside of this scope, which is over when it ends.
   *
   * @throws {DatabaseError} `NESTED_TRANSACTION` when an inner one goes on: it would be committed by half.
   */
  async run<T>(work: (scope: Scope) => Promise<T>): Promise<T> {
    try {
      const result = await flow.run({ scope: this, below: open(flow.getStore()) }, () => work(this));
      if (this.#innerCount === 0) return result;
      throw new DatabaseError('NESTED_TRANSACTION', 'an inner transaction has not ended: await it');
    } finally {
      this.#isOver = true;
    }
  }

  async executeQuery<R>(query: CompiledQuery): Promise<QueryResult<R>> {
    this.#refuseUse();
    try {
      const { rows, rowCount, command } = await this.#telemetry.statement(query.sql, () =>
        this.#session.send({ text: query.sql, values: query.parameters }),
      );
      const isChange = CHANGES.has(command);
      return { rows: rows as R[], ...(isChange ? { numAffectedRows: BigInt(rowCount ?? 0) } : {}) };
    } catch (error) {
      this.#firstError ??= error;
      throw error;
    }
  }

  // eslint-disable-next-line require-yield -- the interface wants a generator
  async *streamQuery<R>(): AsyncIterableIterator<QueryResult<R>> {
    await Promise.reject(
      new DatabaseError('QUERY_FAILED', 'a transaction does not stream: page by key instead'),
    );
  }

  /**
   * Runs `work` in an inner scope: what it did is undone when it throws, and this scope goes on. While it is open this
   * scope takes no statements, since they would be undone with it; a second inner one waits for the first.
   */
  async nest<T>(work: (inner: Scope) => Promise<T>): Promise<T> {
    this.#refuseEnded();
    if (this.#hasInner && [...Scope.surrounding()].some((scope) => this.#isAround(scope)))
      throw innerIsOpen();
    this.#innerCount += 1;
    const turn = this.#innerEnd.then(() => this.#runInner(work));
    this.#innerEnd = turn.catch(() => undefined);
    try {
      return await turn;
    } finally {
      this.#innerCount -= 1;
    }
  }

  async #runInner<T>(work: (inner: Scope) => Promise<T>): Promise<T> {
    this.#refuseEnded();
    const parts = { whose: this.whose, session: this.#session, telemetry: this.#telemetry };
    const inner = new Scope(parts, this);
    const takeBack = this.#session.sendAhead({ text: `savepoint ${SAVEPOINT}` });
    this.#hasInner = true;
    try {
      const result = await inner.run(work);
      if (!takeBack()) await this.#keep(inner);
      return result;
    } catch (error) {
      if (!takeBack()) await this.#undo();
      throw error;
    } finally {
      this.#hasInner = false;
    }
  }

  /** Comes after the statements that were not awaited: they belong to the inner scope, and so do their errors. */
  async #keep(inner: Scope): Promise<void> {
    try {
      await this.#session.send({ text: `release savepoint ${SAVEPOINT}` });
    } catch (error) {
      if (!(error instanceof DatabaseError) || error.details['sqlState'] !== TRANSACTION_FAILED) throw error;
      throw new DatabaseError(
        'COMMIT_ROLLED_BACK',
        'the inner transaction was undone: a statement had failed, and its error was caught inside',
        { cause: inner.firstError },
      );
    }
  }

  async #undo(): Promise<void> {
    const statements = [
      { text: `rollback to savepoint ${SAVEPOINT}` },
      { text: `release savepoint ${SAVEPOINT}` },
    ] as const;
    // The first error wins. If this one fails the transaction cannot go on, and its next statement says so.
    await this.#session.send(...statements).catch(() => undefined);
  }

  #isAround(scope: Scope): boolean {
    const outer = scope.#outer;
    return outer !== undefined && (outer === this || this.#isAround(outer));
  }

  #refuseUse(): void {
    this.#refuseEnded();
    if (this.#hasInner) throw innerIsOpen();
  }

  #refuseEnded(): void {
    if (this.isOver) throw transactionOver();
  }
}

/** The scopes that an asynchronous flow is in. */
interface Frame {
  readonly scope: Scope;
  readonly below: Frame | undefined;
}

const flow = new AsyncLocalStorage<Frame>();

/** Without the scopes on top that have ended: a flow that outlives them would keep them for ever. */
function open(frame: Frame | undefined): Frame | undefined {
  return frame?.scope.isOver === true ? open(frame.below) : frame;
}

function innerIsOpen(): DatabaseError {
  return new DatabaseError(
    'NESTED_TRANSACTION',
    'an inner transaction is open: use that one inside it, or await its end',
  );
}

/** A savepoint hides an older one of the same name until it is released. */
const SAVEPOINT = 'nested';

/** SQLSTATE of whatever follows a statement that failed. */
const TRANSACTION_FAILED = '25P02';

const CHANGES: ReadonlySet<string> = new Set(['INSERT', 'UPDATE', 'DELETE', 'MERGE']);
