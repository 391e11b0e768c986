import { z } from 'zod';
import { parseInput, TenancyError } from '../errors.ts';

/** What one agent gave once: a whole number, in a unit of the caller's choice. */
export interface AgentContribution {
  readonly agentId: string;
  /** Distinguishes the rows of one agent. It must not depend on the value: it decides which rows count. */
  readonly rowId: string;
  readonly value: bigint;
}

/** How much one agent may contribute. */
export const ContributionBounds = z
  .strictObject({ maxRowsPerAgent: z.int().min(1), lower: z.bigint(), upper: z.bigint() })
  .refine(({ lower, upper }) => lower < upper, 'lower must be below upper');
export type ContributionBounds = z.input<typeof ContributionBounds>;

/** Rows of which no agent has too many or too large ones, and what follows from that. */
export interface BoundedContributions<Row extends AgentContribution> {
  /** By agent and row. */
  readonly rows: readonly Row[];
  /** How far one agent, with all its rows or with none, can move the number of rows and their sum. */
  readonly sensitivity: { readonly count: bigint; readonly sum: bigint };
}

/**
 * Lets every agent contribute so many rows at most, each with a value between the bounds, so that noise can hide it.
 *
 * Which rows of an agent count follows from their ids alone: of two databases that differ in one agent, the rows of every
 * other one stay the same.
 *
 * @throws {TenancyError} `INVALID_INPUT` with every problem; also for two rows of one agent with the same id.
 */
export function boundContributions<Row extends AgentContribution>(
  rows: readonly Row[],
  bounds: ContributionBounds,
): BoundedContributions<Row> {
  const { maxRowsPerAgent, lower, upper } = parseInput(
    ContributionBounds,
    bounds,
    'a bound of contributions',
  );
  const chosen = rowsByAgent(rows).flatMap((own) => own.slice(0, maxRowsPerAgent));
  const largest = magnitude(lower) > magnitude(upper) ? magnitude(lower) : magnitude(upper);
  return {
    rows: chosen.map((row) => ({ ...row, value: clamp(row.value, lower, upper) })),
    sensitivity: { count: BigInt(maxRowsPerAgent), sum: BigInt(maxRowsPerAgent) * largest },
  };
}

function rowsByAgent<Row extends AgentContribution>(rows: readonly Row[]): Row[][] {
  return [...Map.groupBy(rows, ({ agentId }) => agentId)]
    .toSorted(([one], [other]) => order(one, other))
    .map(([, own]) => {
      if (new Set(own.map(({ rowId }) => rowId)).size < own.length) throw duplicateRow();
      return own.toSorted((one, other) => order(one.rowId, other.rowId));
    });
}

const duplicateRow = (): TenancyError =>
  new TenancyError(
    'INVALID_INPUT',
    'two rows of one agent have the same id: which of them counts would be chance',
  );

/** By code units: the same on every machine, whatever its language. */
const order = (one: string, other: string): number => (one < other ? -1 : Number(one > other));

const magnitude = (value: bigint): bigint => (value < 0n ? -value : value);

const clamp = (value: bigint, lower: bigint, upper: bigint): bigint =>
  value < lower ? lower : value > upper ? upper : value;
