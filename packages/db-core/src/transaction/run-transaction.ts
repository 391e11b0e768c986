import type { Statement, StatementResult } from '../pool/flight.ts';
import type { GuardedClient } from '../pool/guarded-client.ts';
import type { Telemetry } from '../telemetry/telemetry.ts';
import { Scope, type ScopeOwner } from './scope.ts';
import { TransactionSession, type Preamble } from './session.ts';

export interface TransactionPlan {
  readonly preamble: Preamble;
  readonly whose: ScopeOwner;
  readonly telemetry: Telemetry;
  /** Follows on the commit, in its round trip. */
  readonly afterCommit?: Statement | undefined;
}

export interface Committed<T> {
  readonly result: T;
  /** What {@link TransactionPlan.afterCommit} answered. */
  readonly followed: StatementResult | undefined;
}

/**
 * Runs `work` inside a transaction on `client`, and commits.
 *
 * Three things that go wrong elsewhere are kept right here: the first error wins, whatever the rollback does; a COMMIT
 * that answers ROLLBACK, because a failed statement's error was swallowed, is an error; and a connection that breaks
 * while committing is reported as what it is, unknown.
 *
 * **Runs** `begin`, the context and the first statement in one round trip; nothing, if `work` sends no statement.
 * @throws {DatabaseError} `TENANT_UNSET`, `COMMIT_ROLLED_BACK`, `COMMIT_UNKNOWN`, `CONNECTION_LOST`,
 *   `TRANSACTION_OVER` when `work` ended the transaction itself, `NESTED_TRANSACTION` when it left an inner one open,
 *   or whatever `work` throws.
 */
export async function runTransaction<T>(
  client: GuardedClient,
  plan: TransactionPlan,
  work: (scope: Scope) => Promise<T>,
): Promise<Committed<T>> {
  const session = new TransactionSession(client, plan.preamble);
  const scope = new Scope({ ...plan, session });
  let result: T;
  try {
    result = await scope.run(work);
  } catch (error) {
    await session.rollBack();
    throw error;
  }
  return { result, followed: await session.commit(scope, plan.afterCommit) };
}
