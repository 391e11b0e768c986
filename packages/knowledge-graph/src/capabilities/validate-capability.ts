import { findOne, type TenantTransaction } from '@agent-agency/db-core';
import { sql } from 'kysely';
import { z } from 'zod';
import { Text } from '../column-values.ts';
import { parseInput } from '../errors.ts';
import {
  CAPABILITY_COLUMNS,
  toCapability,
  type Capability,
  type CapabilityRow,
  type ValidationStatus,
} from './capability.ts';
import { CapabilityId, capabilityNotFound } from './find-capabilities.ts';

/** What somebody decided of a capability. */
export const ValidationDecision = z.strictObject({
  capabilityId: CapabilityId,
  /** Who decides. */
  by: Text.min(1).max(255),
  reason: Text.min(1).max(10_000).optional(),
});
export type ValidationDecision = z.input<typeof ValidationDecision>;

/**
 * Says that the agent has the capability. Replaces what was decided before.
 *
 * **Runs** an update by key. @throws {GraphError} `INVALID_INPUT` with every problem, or `CAPABILITY_NOT_FOUND`.
 */
export function validateCapability(tx: TenantTransaction, decision: ValidationDecision): Promise<Capability> {
  return decide(tx, 'validated', decision);
}

/**
 * Says that the agent does not have the capability: no search finds it any more, and later demonstrations, which go on
 * being counted, do not change that. Replaces what was decided before.
 *
 * **Runs** an update by key. @throws {GraphError} `INVALID_INPUT` with every problem, or `CAPABILITY_NOT_FOUND`.
 */
export function rejectCapability(tx: TenantTransaction, decision: ValidationDecision): Promise<Capability> {
  return decide(tx, 'rejected', decision);
}

/**
 * Takes back what was decided: the capability is unvalidated again, and found.
 *
 * **Runs** an update by key. @throws {GraphError} `INVALID_INPUT` with every problem, or `CAPABILITY_NOT_FOUND`.
 */
export function reopenCapability(tx: TenantTransaction, decision: ValidationDecision): Promise<Capability> {
  return decide(tx, 'unvalidated', decision);
}

async function decide(
  tx: TenantTransaction,
  status: ValidationStatus,
  decision: ValidationDecision,
): Promise<Capability> {
  const { capabilityId, by, reason = null } = parseInput(ValidationDecision, decision);
  const row = await findOne(
    sql<CapabilityRow>`
      update agent_capabilities_graph as capability
      set validation_status = ${status}, validated_by = ${by}, validation_reason = ${reason}, validated_at = now()
      where tenant_id = ${tx.tenantId} and id = ${capabilityId}
      returning ${CAPABILITY_COLUMNS}
    `.execute(tx),
    'capability of that id',
  );
  if (row === undefined) throw capabilityNotFound();
  return toCapability(row);
}
