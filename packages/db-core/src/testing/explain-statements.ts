import { CompiledQuery } from 'kysely';
import { vi } from 'vitest';
import type { TenantTransaction } from '../transaction/tenant-transaction.ts';

/** A node of a plan, as `explain (format json)` gives it. */
export interface PlanNode {
  readonly 'Node Type': string;
  readonly 'Relation Name'?: string;
  readonly 'Index Name'?: string;
  readonly 'Index Cond'?: string;
  readonly Plans?: readonly PlanNode[];
}

/**
 * The plans of the statements that `work` runs, in their order, as the transaction's own role gets them.
 *
 * **Shape** one list a statement, of all nodes of its plan.
 */
export async function explainStatements(
  tx: TenantTransaction,
  work: (tx: TenantTransaction) => Promise<unknown>,
): Promise<PlanNode[][]> {
  const executeQuery = vi.spyOn(tx.getExecutor(), 'executeQuery');
  await work(tx);
  const statements = executeQuery.mock.calls.map(([statement]) => statement);
  executeQuery.mockRestore();
  const plans: PlanNode[][] = [];
  for (const { sql, parameters } of statements) {
    const { rows } = await tx.executeQuery(
      CompiledQuery.raw(`explain (format json) ${sql}`, [...parameters]),
    );
    const [{ 'QUERY PLAN': explained }] = rows as [{ 'QUERY PLAN': [{ Plan: PlanNode }] }];
    plans.push(nodesOf(explained[0].Plan));
  }
  return plans;
}

function nodesOf(plan: PlanNode): PlanNode[] {
  return [plan, ...(plan.Plans ?? []).flatMap(nodesOf)];
}
