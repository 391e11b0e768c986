import { isDataLayerError, type TenantTransaction } from '@agent-agency/db-core';
import { GraphError, parseInput } from '../errors.ts';
import { explainMissingAgent, requireAgents } from './agents.ts';
import { canonicalName } from './canonical-name.ts';
import type { CapabilityKey } from './capability.ts';
import { addDemonstrations, Demonstrations, type Demonstration } from './demonstration.ts';
import { lockNames, resolveAliases, textOfKey } from './names.ts';
import { UPSERT_DEMONSTRATIONS } from './queries/upsert-demonstrations.ts';

/** Rows a statement: their vectors stay below the server's default `work_mem`, so that none is spilled to disk. */
const ROWS_A_STATEMENT = 1000;

export interface StoredCapability extends CapabilityKey {
  readonly id: string;
}

/**
 * Adds demonstrations to capabilities, which come into being with their first one.
 *
 * Counts add up, the time span widens, source tasks join. With n demonstrations, s of them successes,
 * `success_rate` = s / n and `confidence` = 0.70 + 0.30 · s / (n + 4), rounded to two decimals: the floor of the column
 * for what never succeeded, 0.85 after four successes, 1.00 from 236 on. Both are computed from the counts and never
 * from what was rounded before, so that nothing drifts, whatever the order. s / (n + 4) is the mean of a Beta(0, 4) prior
 * after n trials: four failures that nobody saw, which 16 demonstrations outweigh four times.
 *
 * A name that is an alias counts for the capability that it is an alias of. Type, name as it was first given, and
 * extraction confidence stay those of the first. What people said stays too: a rejected capability is counted on and
 * remains rejected, so that no extraction overrules a person.
 *
 * **Shape** no (agent, canonical name) twice. **Runs** a lock that only those wait for who move names, two lookups, and
 * one upsert from `unnest` for each 1000, in the order of the keys, so that two callers do not wait for each other.
 * **Cost** linear.
 *
 * @returns one capability for each demonstration; match them by key.
 * @throws {GraphError} `INVALID_INPUT` with every problem, `AGENT_NOT_FOUND`; nothing is written.
 */
export async function demonstrateCapabilities(
  tx: TenantTransaction,
  input: readonly Demonstration[],
): Promise<StoredCapability[]> {
  const given = parseInput(Demonstrations, [...input]);
  if (given.length === 0) return [];
  await lockNames(tx, 'together');
  await requireAgents(tx, given);
  const tallies = tallyOf(given, await resolveAliases(tx, given));
  const ids = await upsert(tx, tallies);
  return given.flatMap(({ agentId, name }, place) => {
    const id = ids.get(place);
    return id === undefined ? [] : [{ id, agentId, canonicalName: canonicalName(name) }];
  });
}

/** What is to be written of one capability, and which of the given ones that is. */
interface Tally {
  readonly key: string;
  readonly demonstration: Demonstration;
  readonly places: readonly number[];
}

/** One a capability, in the order of the keys. */
function tallyOf(given: readonly Demonstration[], resolved: ReadonlyMap<number, string>): Tally[] {
  const tallies = new Map<string, Tally>();
  for (const [place, row] of given.entries()) {
    const name = resolved.get(place) ?? row.name;
    const key = textOfKey({ agentId: row.agentId, canonicalName: canonicalName(name) });
    const known = tallies.get(key);
    const demonstration = name === row.name ? row : { ...row, name };
    tallies.set(key, {
      key,
      demonstration: known ? addDemonstrations(known.demonstration, demonstration) : demonstration,
      places: known ? [...known.places, place] : [place],
    });
  }
  return [...tallies.values()].sort((one, other) => (one.key < other.key ? -1 : 1));
}

/** Ids of the capabilities, by the place of their demonstration. */
async function upsert(tx: TenantTransaction, tallies: readonly Tally[]): Promise<Map<number, string>> {
  const ids = new Map<number, string>();
  for (let from = 0; from < tallies.length; from += ROWS_A_STATEMENT) {
    const chunk = tallies.slice(from, from + ROWS_A_STATEMENT);
    const statement = UPSERT_DEMONSTRATIONS(
      tx.tenantId,
      chunk.map(({ demonstration }) => demonstration),
    );
    const { rows } = await statement.execute(tx).catch(explain);
    for (const row of rows) for (const place of chunk[row.place]?.places ?? []) ids.set(place, row.id);
  }
  return ids;
}

function explain(error: unknown): never {
  const sqlState = isDataLayerError(error) ? error.details['sqlState'] : undefined;
  // The database's own canonical form, the authority, makes two names one that differ for us.
  if (sqlState === '21000') throw refusal('two names have one canonical form: merge them', error);
  if (sqlState === '22003') throw refusal('a capability would be counted beyond 2,147,483,647', error);
  return explainMissingAgent(error);
}

function refusal(problem: string, cause: unknown): GraphError {
  return new GraphError('INVALID_INPUT', `the input is wrong: ${problem}`, { cause });
}
