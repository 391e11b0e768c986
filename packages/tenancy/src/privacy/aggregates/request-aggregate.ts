import { getOne, type TenantTransaction } from '@agent-agency/db-core';
import { sql } from 'kysely';
import { parseInput } from '../../errors.ts';
import { withTenancyErrors } from '../sql-errors.ts';
import { AggregateRequest } from './aggregate-request.ts';

/**
 * Pays for a figure over the other tenants that consent with this one, and returns the id under which `readAggregate`
 * gives it, in a later transaction.
 *
 * Every tenant that is asked is charged epsilon and delta, and has the request in its access log. One that cannot pay, is
 * at the level `secure`, or whose access policy does not let it, is not asked. The noise hides any one agent; a figure to
 * which fewer tenants contribute than the largest `kAnonymity` among them is withheld, and paid for all the same.
 *
 * **Runs** `app.request_federated_aggregate()`. Until the transaction ends, others who spend of the same budgets wait.
 *
 * @throws {TenancyError} `INVALID_INPUT` with every problem, `NOT_FEDERATED`, or `SECURE_COMPUTATION_NEEDED` where the
 * tenant is at that level itself. What the database refuses leaves the transaction failed.
 * @example
 * const id = await manager.withTenant({ tenantId }, (tx) =>
 *   requestAggregate(tx, {
 *     aggregate: 'mean',
 *     of: 'performance_events.success_rate',
 *     group: 'task_execution_complete',
 *     maxRowsPerAgent: 20,
 *     lower: '0',
 *     upper: '1',
 *     resolution: '0.01',
 *     epsilon: '0.1',
 *   }),
 * );
 * const { result } = await manager.withTenant({ tenantId }, (tx) => readAggregate(tx, id));
 */
export async function requestAggregate(tx: TenantTransaction, input: AggregateRequest): Promise<string> {
  const request = parseInput(AggregateRequest, input, 'an aggregate');
  const [resource, measure] = request.of.split('.');
  const bounds = request.aggregate === 'count' ? undefined : request;
  const asked = sql<{ id: string }>`
    select app.request_federated_aggregate(
      ${resource}, ${request.group}, ${request.aggregate}, ${measure ?? null}, ${request.maxRowsPerAgent}::integer,
      ${bounds?.lower ?? null}, ${bounds?.upper ?? null}, ${bounds?.resolution ?? null},
      ${request.epsilon}, ${request.delta}
    ) as id`;
  const { id } = await withTenancyErrors(getOne(asked.execute(tx), 'release'));
  return id;
}
