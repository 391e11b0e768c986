import type { MigrationConnection } from './connection.ts';
import { databaseFacts } from './catalogue/database.ts';
import { ours } from './catalogue/ours.ts';
import { relationFacts } from './catalogue/relations.ts';
import { routineFacts } from './catalogue/routines.ts';

const facts = [...databaseFacts, ...relationFacts, ...routineFacts].join('\n  union all\n  ');

const DESCRIBE = `
  with ${ours},
  fact (words) as (
  ${facts}
  )
  select replace(words, E'\\n', '\\n') as line from fact order by words collate "C"`;

/**
 * Everything in a database but its rows: one fact a line, which can be read without the others; sorted.
 *
 * Not in it: what PostgreSQL and extensions bring, rows, the journal's among them, roles and their memberships (they are
 * the server's), tablespaces, security labels, large objects, the options of foreign servers, subscriptions.
 *
 * **Runs** one statement, so the lines are of one moment. Names carry their schema where the session's `search_path`
 * does not find them: compare what was read with the same one.
 */
export async function describeCatalogue(connection: MigrationConnection): Promise<string[]> {
  const { rows } = await connection.query(DESCRIBE);
  return rows.map(({ line }) => String(line));
}

/** What of two catalogues differs: `-` before lines that only the first has, `+` before those of the second; sorted. */
export function compareCatalogues(before: readonly string[], after: readonly string[]): string[] {
  const [first, second] = [new Set(before), new Set(after)];
  const removed = before.filter((line) => !second.has(line)).map((line) => ({ line, sign: '-' }));
  const added = after.filter((line) => !first.has(line)).map((line) => ({ line, sign: '+' }));
  return [...removed, ...added].sort(byLine).map(({ line, sign }) => `${sign} ${line}`);
}

interface Difference {
  readonly line: string;
  readonly sign: string;
}

/** By line, so that the old and the new form of an object stand together; the old one first. */
function byLine(one: Difference, other: Difference): number {
  if (one.line === other.line) return 0;
  return one.line < other.line ? -1 : 1;
}
