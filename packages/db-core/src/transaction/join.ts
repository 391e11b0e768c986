import { DatabaseError } from '../errors/database-error.ts';
import type { TenantContext } from '../tenant/tenant-context.ts';
import { Scope } from './scope.ts';
import type { TransactionOptions } from './transaction-options.ts';

/** Options of the transaction itself; the others are about getting and repeating one. */
const INHERITED = [
  'readOnly',
  'isolationLevel',
  'statementTimeoutMs',
  'lockTimeoutMs',
  'idleInTransactionTimeoutMs',
] as const satisfies readonly (keyof TransactionOptions)[];

/**
 * The open scope that a new transaction has to become a part of: a second connection, asked for inside a transaction,
 * could wait for ever for the first.
 *
 * @throws {DatabaseError} `TENANT_SWITCH` inside another tenant's or user's; `NESTED_TRANSACTION` between an operator's
 *   and a tenant's; `INVALID_INPUT` when it asks for what the open one does not have.
 */
export function scopeToJoin(
  manager: object,
  context: TenantContext | undefined,
  options: TransactionOptions,
): Scope | undefined {
  const outer = openScope(manager);
  if (outer === undefined) return undefined;
  const { whose } = outer;
  if ((whose.context === undefined) !== (context === undefined)) throw nested();
  if (context !== undefined && isAnother(whose.context, context)) {
    throw new DatabaseError(
      'TENANT_SWITCH',
      'a transaction belongs to one tenant and user: end it before you ask for another',
    );
  }
  const asked = INHERITED.filter(
    (name) => options[name] !== undefined && options[name] !== whose.options[name],
  );
  if (asked.length > 0) {
    throw new DatabaseError(
      'INVALID_INPUT',
      `an inner transaction has the outer one's options: leave out ${asked.join(', ')}`,
    );
  }
  return outer;
}

/** @throws {DatabaseError} `NESTED_TRANSACTION` inside a transaction of the manager. */
export function refuseNesting(manager: object): void {
  if (openScope(manager) !== undefined) throw nested();
}

/**
 * Only the manager's own: another one has a pool of its own, which this transaction cannot keep from it, and often
 * another database. It is looked for behind transactions of other managers, too.
 */
function openScope(manager: object): Scope | undefined {
  for (const scope of Scope.surrounding()) if (scope.whose.manager === manager) return scope;
  return undefined;
}

function isAnother(
  outer: TenantContext | undefined,
  { tenantId, userId, sessionId }: TenantContext,
): boolean {
  return (
    outer?.tenantId !== tenantId ||
    (userId !== undefined && userId !== outer.userId) ||
    (sessionId !== undefined && sessionId !== outer.sessionId)
  );
}

function nested(): DatabaseError {
  return new DatabaseError(
    'NESTED_TRANSACTION',
    'a transaction is open in this flow, and a second connection could wait for it for ever: pass on the first',
  );
}
