import type { Connection, QueryResult } from 'pg';
import utils from 'pg/lib/utils.js';
import { PgQuery, type WireMessages } from './pg-query.ts';

/** One statement to send. */
export interface Statement {
  readonly text: string;
  readonly values?: readonly unknown[];
  /** Nobody reads its rows, so the server need not describe them. */
  readonly isSilent?: boolean;
}

/** What the server answered to one statement. */
export type StatementResult = QueryResult<Record<string, unknown>>;

interface Ready {
  readonly statement: Statement;
  readonly parameters: (string | Buffer | null)[];
}

/**
 * Statements that leave together and are answered together: the server works on until the one Sync behind them, and
 * after an error skips to it. Each is one statement, whatever its text says.
 *
 * node-postgres writes a Sync behind every statement, and to each the server sends an answer of its own; most of what a
 * small transaction costs is that.
 *
 * @see PostgreSQL's manual, 53.2.3 (extended query) and 53.2.4 (pipelining)
 */
export class Flight extends PgQuery {
  readonly #ready: readonly Ready[];
  #answered = 0;

  /** @throws whatever a value throws that cannot be sent; nothing has been sent then. */
  constructor(statements: readonly Statement[]) {
    super({ text: '' });
    this.#ready = statements.map((statement) => ({
      statement,
      parameters: (statement.values ?? []).map((value) => utils.prepareValue(value)),
    }));
  }

  // node-postgres takes what it answers for an error.
  override readonly submit = (connection: Connection): undefined => {
    const messages = connection as unknown as WireMessages;
    for (const ready of this.#ready) this.#write(messages, ready);
    messages.sync();
  };

  override handleDataRow(message: unknown): void {
    if (this.#ready[this.#answered]?.statement.isSilent !== true) super.handleDataRow(message);
  }

  override handleCommandComplete(message: unknown, connection: Connection): void {
    this.#answered += 1;
    super.handleCommandComplete(message, connection);
  }

  /** An empty statement, which node-postgres would leave out of the results. */
  override handleEmptyQuery(connection: Connection): void {
    this.handleCommandComplete({ text: 'EMPTY' }, connection);
  }

  /** The statement that the server has not answered yet: after an error, the one that failed. */
  get pending(): Statement | undefined {
    return this.#ready[this.#answered]?.statement;
  }

  /** Never under a name: SQL on the session can make a name stand for another statement, and read its parameters. */
  #write(connection: WireMessages, { statement: { text, isSilent }, parameters }: Ready): void {
    connection.parse({ text, name: '' });
    connection.bind({ portal: '', statement: '', values: parameters });
    if (isSilent !== true) connection.describe({ type: 'P', name: '' });
    connection.execute({ portal: '' });
  }
}
