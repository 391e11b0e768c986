import type { Actor } from '../actors.ts';
import { quoteLiteral } from '../connection.ts';
import { TENANTS } from '../world/tenants.ts';
import type { Condition, Right, TenantTable } from './tables.ts';

/**
 * The policies of a table as a whole, or one of their two layers.
 *
 * Restrictive guards and permissive policies say the same twice, so that neither is missed when it is gone. Each has to
 * hold alone: behind the guards everything is permitted, and without the guards the permissive policies remain.
 */
export const LAYERS = ['both', 'guards', 'policies'] as const;
export type Layer = (typeof LAYERS)[number];

const EVERYTHING: readonly Right[] = ['select', 'insert', 'update', 'delete'];

/** A layer that stands alone has no help of rights that are missing either: there the application has all of them. */
export function modelIn(layer: Layer, table: TenantTable): TenantTable {
  return layer === 'both' ? table : { ...table, app: EVERYTHING, appColumns: {} };
}

/** Somebody in front of a table, or of one layer of its policies. */
export interface Asker extends Actor {
  readonly layer: Layer;
}

/** What somebody gets who does something to rows. */
export type Verdict =
  { readonly rows: Condition } | { readonly refused: readonly string[] } | { readonly suspended: true };

export const DENIED = { refused: ['42501'] } as const satisfies Verdict;

// No constant: the planner would divide by zero before there is a row.
const NOBODY: Condition = `{tenant} = ''`;
const of = (...tenants: string[]): Condition => `{tenant} in (${tenants.map(quoteLiteral).join(', ')})`;

/** Which rows of a table somebody reads, changes or deletes; of an insert, which it may add. */
export function verdictOf(table: TenantTable, right: Right, asker: Asker): Verdict {
  const { role, maintains } = asker;
  const verdict = permitted(table, right, asker);
  // The triggers come after the role's rights and before the rows.
  if (table.isAppendOnly && 'rows' in verdict) {
    if (right === 'update') return { refused: ['AAAPO'] };
    if (right === 'delete' && maintains === undefined) return { refused: ['AAAPO'] };
  }
  const refused =
    role === 'maintenance' && maintains !== undefined ? table.maintenanceRefusals[right] : undefined;
  return refused === undefined || !('rows' in verdict) ? verdict : { refused };
}

function permitted(table: TenantTable, right: Right, asker: Asker): Verdict {
  const { role } = asker;
  if (role === 'app') return table.app.includes(right) ? login(table, right, asker) : DENIED;
  if (role === 'readonly') return right === 'select' ? login(table, right, asker) : DENIED;
  if (role === 'maintenance') return { rows: maintained(table, right, asker) };
  if (role === 'service') {
    const rows = table.service[right];
    return rows === undefined ? DENIED : { rows };
  }
  return { rows: owner(table, right, asker) };
}

function login({ isShared }: TenantTable, right: Right, { context }: Actor): Verdict {
  if (context.acceptance === 'suspended') return { suspended: true };
  if (context.acceptance === 'unknown') return { rows: NOBODY };
  const seesShared = isShared && context.asksShared && right === 'select';
  return { rows: seesShared ? of(TENANTS.own, TENANTS.sharing) : of(TENANTS.own) };
}

function maintained({ maintenanceAlso }: TenantTable, right: Right, { maintains }: Actor): Condition {
  if (maintains === undefined) return NOBODY;
  const also = maintenanceAlso?.[right];
  return also === undefined ? of(maintains) : `(${of(maintains)} or ${also})`;
}

/** The owner has the rights of service and maintenance too; what it sees through them the guards confine to its tenant. */
function owner(table: TenantTable, right: Right, asker: Asker): Condition {
  const { context, layer } = asker;
  const own = context.acceptance === 'accepted' ? of(TENANTS.own) : NOBODY;
  if (layer === 'guards') return own;
  const service = table.serviceForAll === true ? forAll(table, right) : (table.service[right] ?? NOBODY);
  const through = `(${service} or ${maintained(table, right, asker)})`;
  return layer === 'policies' ? through : `(${own} and ${through})`;
}

/** What a policy for every command checks of new rows it does not narrow. */
function forAll({ service }: TenantTable, right: Right): Condition {
  return right === 'insert' ? 'true' : (service.select ?? NOBODY);
}
