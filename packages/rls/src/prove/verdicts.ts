import type { Outcome, ServerError, Statement } from './attempt.ts';
import { ALL_TENANTS, TENANTS } from './world/tenants.ts';

/** What a statement that returns one value came to. */
export function valueOrRefusal(outcome: Outcome | undefined): string {
  if (outcome === undefined) return 'not tried';
  return outcome.error === undefined ? (outcome.value ?? 'null') : refusal(outcome.error.state);
}

// PostgreSQL 18 has a state of its own for rows that others restrict.
export const refusal = (state: string): string => `refused ${state === '23001' ? '23503' : state}`;

/** Whoever has no right to something that nobody can do is told the one or the other. */
const IMPOSSIBLE = new Set(['42501', '42809', '55000', '0A000']);

/** The same, where any refusal is as good as another. */
export function valueOrAnyRefusal(outcome: Outcome | undefined): string {
  return outcome?.error !== undefined && IMPOSSIBLE.has(outcome.error.state)
    ? 'refused'
    : valueOrRefusal(outcome);
}

/** Another tenant's name in an error, which every row of its has somewhere: unless the statement named it. */
export function leakOf(outcomes: readonly Outcome[], statements: readonly Statement[]): string | undefined {
  for (const [at, { error }] of outcomes.entries()) {
    if (error === undefined) continue;
    const sql = statements[at]?.sql ?? '';
    const told = textOf(error);
    const tenant = ALL_TENANTS.find((it) => it !== TENANTS.own && told.includes(it) && !sql.includes(it));
    if (tenant !== undefined) return told;
  }
  return undefined;
}

/** Everything that an error says. */
export const textOf = ({ message, detail, hint }: ServerError): string =>
  [message, detail, hint].join(' ').trim();
