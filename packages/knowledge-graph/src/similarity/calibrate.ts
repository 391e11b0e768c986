import { sql } from 'kysely';
import type { SystemTransaction } from '@agent-agency/db-core';

/** From cheap to dear: a walk has a breadth, a scan a margin, and the other figure stays what it is by default. */
const WALKS = { breadths: [64, 100, 150, 200, 400, 800], margins: [28] };
const SCANS = { breadths: [100], margins: [20, 24, 28, 40, 56] };

interface Calibration {
  readonly tenantId: string;
  readonly hasGraph: boolean;
  readonly samples: number;
  readonly targetRecall: number;
}

interface Figures {
  readonly breadth: number;
  readonly margin: number;
  readonly recall: number;
}

/**
 * Asks questions of a tenant's own vectors, exactly and with figures from cheap to dear, and has it searched with the first
 * that find enough; with the best, if none does.
 *
 * @returns the recall that was measured with them; undefined for a tenant without vectors.
 */
export async function calibrate(
  tx: SystemTransaction,
  { tenantId, hasGraph, samples, targetRecall }: Calibration,
): Promise<number | undefined> {
  const { breadths, margins } = hasGraph ? WALKS : SCANS;
  const totals = new Map<string, Figures & { readonly found: number; readonly wanted: number }>();
  for (let sample = 0; sample < samples; sample += 1) {
    const { rows } = await sql<MeasuredRow>`
      select * from app.measure_vector_recall(
        ${tenantId}, ${(sample + 0.5) / samples}::float8, ${breadths}::integer[], ${margins}::integer[]
      )`.execute(tx);
    for (const row of rows) {
      const { measured_breadth: breadth, measured_margin: margin } = row;
      const before = totals.get(`${margin} ${breadth}`);
      const found = (before?.found ?? 0) + row.measured_found;
      const wanted = (before?.wanted ?? 0) + row.measured_wanted;
      const recall = wanted === 0 ? 1 : found / wanted;
      totals.set(`${margin} ${breadth}`, { breadth, margin, found, wanted, recall });
    }
  }
  const chosen = choose([...totals.values()], targetRecall);
  if (chosen === undefined) return undefined;
  const { breadth, margin, recall } = chosen;
  await sql`select app.tune_vector_index(${tenantId}, ${breadth}, ${margin}, ${recall}::float8)`.execute(tx);
  return recall;
}

function choose(measured: readonly Figures[], targetRecall: number): Figures | undefined {
  return (
    measured.find(({ recall }) => recall >= targetRecall) ??
    measured.toSorted((one, other) => other.recall - one.recall)[0]
  );
}

interface MeasuredRow {
  readonly measured_breadth: number;
  readonly measured_margin: number;
  readonly measured_found: number;
  readonly measured_wanted: number;
}
