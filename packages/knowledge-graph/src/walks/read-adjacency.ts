import { getOne, type TenantTransaction } from '@agent-agency/db-core';
import { sql } from 'kysely';
import type { RelationshipType } from '../generated/tables.ts';
import type { Adjacency, Side } from './adjacency.ts';
import type { Truncation } from './truncation.ts';
import type { Orientation, Way } from './walk-edge.ts';
import type { Direction, WalkLimits } from './walk-query.ts';

/**
 * The tenant's relationships, read as they are asked for, those of many agents in one statement, and kept for this call.
 * When the budget is used up, agents that were not read yet have no ways: `truncated` says so.
 */
export class AdjacencyReader implements Adjacency {
  readonly #tx: TenantTransaction;
  readonly #limits: WalkLimits;
  readonly #endsAt: number;
  readonly #read = { onward: new Map<string, readonly Way[]>(), backward: new Map<string, readonly Way[]>() };
  readonly #reached: Set<string>;
  #edgesSeen = 0;
  #truncated: Truncation | undefined;

  constructor(tx: TenantTransaction, limits: WalkLimits, ends: readonly string[]) {
    this.#tx = tx;
    this.#limits = limits;
    this.#endsAt = performance.now() + limits.budget.ms;
    this.#reached = new Set(ends);
  }

  /** What was looked at, and whether that was all. */
  get spent(): { readonly edgesSeen: number; readonly truncated?: Truncation } {
    const truncated = this.#truncated;
    return { edgesSeen: this.#edgesSeen, ...(truncated !== undefined && { truncated }) };
  }

  async waysOf(agentIds: readonly string[], side: Side): Promise<ReadonlyMap<string, readonly Way[]>> {
    const known = this.#read[side];
    const unread = agentIds.filter((id) => !known.has(id));
    if (unread.length > 0 && this.#truncated === undefined) await this.#load(unread, side);
    return new Map(
      agentIds.flatMap((id) => {
        const ways = known.get(id);
        return ways === undefined || ways.length === 0 ? [] : [[id, ways]];
      }),
    );
  }

  async #load(agentIds: readonly string[], side: Side): Promise<void> {
    const edgesLeft = this.#limits.budget.edges - this.#edgesSeen;
    const { steps, is_late: isLate } = await this.#readSteps(agentIds, side, edgesLeft);
    const best = new Map(agentIds.map((id) => [id, new Map<string, Way>()]));
    for (const step of steps.slice(0, edgesLeft)) {
      const [place, neighbor] = step;
      const agentId = agentIds[place - 1] ?? '';
      const way = wayOf(agentId, step, side);
      const ways = best.get(agentId);
      if (isBetter(way, ways?.get(neighbor))) ways?.set(neighbor, way);
      this.#reached.add(neighbor);
    }
    for (const [agentId, ways] of best) this.#read[side].set(agentId, [...ways.values()]);
    this.#edgesSeen += Math.min(steps.length, edgesLeft);
    if (isLate) this.#truncated = { reason: 'time' };
    else if (steps.length > edgesLeft) this.#truncated = { reason: 'edges' };
    else if (this.#reached.size > this.#limits.budget.nodes) this.#truncated = { reason: 'nodes' };
  }

  /** **Runs** `app.steps_from()`, which reads two covering indexes. */
  async #readSteps(agentIds: readonly string[], side: Side, edgesLeft: number): Promise<StepsRow> {
    const { types, minConfidence, asOf, knownAt } = this.#limits;
    const msLeft = Math.max(0, this.#endsAt - performance.now());
    return getOne(
      sql<StepsRow>`
        select
          coalesce(
            json_agg(
              json_build_array(
                step.place, step.neighbor, step.type, step.orientation, (step.confidence * 100)::integer
              )
            ) filter (where step.missing is null),
            '[]'
          ) as steps,
          coalesce(bool_or(step.missing = 'time'), false) as is_late
        from (
          select found.*
          from app.steps_from(
            ${this.#tx.tenantId}, ${agentIds}::text[], ${towards(this.#limits.direction, side)},
            ${minConfidence}::numeric, ${types ?? null}::text[]::relationship_type[], null,
            statement_timestamp() + ${msLeft}::double precision * interval '1 ms',
            coalesce(${asOf ?? null}::timestamptz, now()), ${knownAt ?? null}::timestamptz
          ) as found
          limit ${edgesLeft + 1}
        ) as step
      `.execute(this.#tx),
      'steps',
    );
  }
}

/** Places count from 1. */
type Step = readonly [
  place: number,
  neighbor: string,
  type: RelationshipType,
  orientation: Orientation,
  hundredths: number,
];

interface StepsRow {
  readonly steps: readonly Step[];
  /** It was too late for some of the agents. */
  readonly is_late: boolean;
}

function wayOf(agentId: string, [, neighbor, type, orientation, hundredths]: Step, side: Side): Way {
  return side === 'onward'
    ? { from: agentId, to: neighbor, type, orientation, hundredths }
    : { from: neighbor, to: agentId, type, orientation: TURNED[orientation], hundredths };
}

const TURNED = { '>': '<', '<': '>', '-': '-' } as const;

function isBetter(way: Way, than: Way | undefined): boolean {
  if (than === undefined) return true;
  if (way.hundredths !== than.hundredths) return way.hundredths > than.hundredths;
  return way.type === than.type ? way.orientation < than.orientation : way.type < than.type;
}

function towards(direction: Direction, side: Side): Direction {
  if (side === 'onward' || direction === 'both') return direction;
  return direction === 'outgoing' ? 'incoming' : 'outgoing';
}
