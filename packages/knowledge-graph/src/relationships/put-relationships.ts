import type { TenantTransaction } from '@agent-agency/db-core';
import { GraphError, parseInput } from '../errors.ts';
import { lockRelationships } from './lock-relationships.ts';
import { RelationshipAssertions, type RelationshipAssertion } from './relationship-input.ts';
import type { RelationshipKey } from './relationship-key.ts';
import { requireAgents } from './require-agents.ts';
import { reviseRelationships } from './revise-relationships.ts';

/** A version that says what was asserted. */
export interface StoredRelationship extends RelationshipKey {
  readonly id: string;
  /** False: it said so before. */
  readonly isNew: boolean;
}

/**
 * Asserts that relationships hold in a period, `[validFrom, validTo)`, with these properties. What was believed about that
 * period is superseded; before and after it, everything stays as it was. Where it is believed already nothing is written,
 * no history either.
 *
 * What holds both ways is stored once, the smaller id first. Without `validFrom` it begins now: the default for a change.
 *
 * **Shape** no relationship twice. **Runs** four statements for the whole list: one keeps the agents, one locks the
 * relationships (above 64 all of the tenant), one cuts, one adds. Callers of the same relationship follow each other.
 * **Cost** linear; a version takes eleven indexes and the constraint on periods.
 *
 * @returns the versions that say so, usually one for each assertion; match them by key.
 * @throws {GraphError} `INVALID_INPUT` with every problem; `AGENT_NOT_FOUND`. Nothing is written.
 */
export async function putRelationships(
  tx: TenantTransaction,
  input: readonly RelationshipAssertion[],
): Promise<StoredRelationship[]> {
  const given = parseInput(RelationshipAssertions, [...input]);
  if (given.length === 0) return [];
  const { now } = await requireAgents(tx, given);
  const revisions = given.map(({ validFrom = now, validTo, ...row }) => ({
    ...row,
    from: validFrom ?? '-infinity',
    until: validTo ?? 'infinity',
    properties: row,
  }));
  refuseWhatIsOver(now, given);
  await lockRelationships(tx, given);
  const versions = await reviseRelationships(tx, revisions);
  return versions.flatMap(({ place, id, is_new: isNew }) => {
    const row = given[place];
    if (row === undefined) return [];
    const { sourceAgentId, targetAgentId, type } = row;
    return [{ id, sourceAgentId, targetAgentId, type, isNew }];
  });
}

/** `validTo` without `validFrom`, which is only known here. */
function refuseWhatIsOver(
  now: Date,
  given: readonly {
    readonly validFrom?: Date | null | undefined;
    readonly validTo?: Date | null | undefined;
  }[],
): void {
  const problems = given.flatMap(({ validFrom, validTo }, place) =>
    validFrom === undefined && validTo && validTo <= now
      ? [`${place}.validTo: must be after now, when it begins without validFrom`]
      : [],
  );
  if (problems.length === 0) return;
  throw new GraphError('INVALID_INPUT', `the input is wrong: ${problems.join('; ')}`);
}
