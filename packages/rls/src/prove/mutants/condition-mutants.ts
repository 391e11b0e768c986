import type { Routine } from '../catalogue.ts';
import { queryRows, type ProofConnection } from '../connection.ts';
import type { Mutant } from './mutants.ts';

/** Functions that policies ask. */
const ASKED =
  /^app\.(?:current_tenant_id|current_tenant_key|visible_tenants|visible_tenant_keys|sharing_tenants|maintained_tenant|tenant_maintenance_of_transaction)\(/;
/** Relations whose policies ask them. */
const SHOWS = ['agent_profiles', 'benchmark_datasets', 'performance_events'];

/** What policies ask, with one condition less. */
export async function conditionMutants(
  connection: ProofConnection,
  routines: readonly Routine[],
): Promise<Mutant[]> {
  const mutants: Mutant[] = [];
  for (const { name } of routines.filter((routine) => ASKED.test(routine.name))) {
    const [definition = ''] = await queryRows<string>(connection, DEFINITION, [name]);
    for (const { without, sql } of [...withoutRefusals(definition), ...withoutConditions(definition)]) {
      mutants.push({
        ...{ subject: name, kind: 'condition of a function', what: `without ${without}` },
        ...{ sql: [sql], shows: SHOWS },
      });
    }
  }
  return mutants;
}

const DEFINITION = 'select pg_get_functiondef($1::regprocedure) as row';

interface Lesser {
  readonly without: string;
  readonly sql: string;
}

/** Each `if … then … end if` of a body, taken out. */
function withoutRefusals(definition: string): Lesser[] {
  return [...definition.matchAll(/^ {2}if (.+) then\n(?: {4}.*\n)+ {2}end if;\n/gm)].map((match) => ({
    without: `if ${match[1] ?? ''}`,
    sql: definition.replace(match[0], ''),
  }));
}

/** Each operand of the conjunction of a where clause, made true. */
export function withoutConditions(definition: string): Lesser[] {
  return [...definition.matchAll(/\bwhere\b/gi)].flatMap(({ index }) =>
    operandsOf(definition, index + 'where'.length).map(([start, end]) => ({
      without: definition.slice(start, end).replaceAll(/\s+/g, ' ').trim(),
      sql: `${definition.slice(0, start)} true ${definition.slice(end)}`,
    })),
  );
}

type Span = readonly [start: number, end: number];

/** Where the operands of a conjunction begin and end. */
function operandsOf(text: string, from: number): Span[] {
  const bracket = text.slice(from).search(/\S/) + from;
  const closed = text[bracket] === '(' ? closing(text, bracket) : undefined;
  // PostgreSQL writes one bracket around the whole.
  const isWhole = closed !== undefined && /^\s*(?:[);]|$)/.test(text.slice(closed + 1));
  const [start, end] = isWhole ? [bracket + 1, closed] : [from, endOf(text, from)];
  const spans: Span[] = [];
  let begin = start;
  for (const at of outermost(text, start, end)) {
    if (!/^\sand\s/i.test(text.slice(at, at + 5))) continue;
    spans.push([begin, at]);
    begin = at + ' and'.length;
  }
  return [...spans, [begin, end]];
}

/** The places of a stretch that stand in no bracket. */
function* outermost(text: string, start: number, end: number): Generator<number> {
  for (let at = start; at < end; at += 1) {
    if (text[at] === '(') at = closing(text, at);
    else yield at;
  }
}

/** What comes after a clause, or after the body. */
const ENDS = /^\n(?:\$|\s*(?:limit|order|group|returning)\b)/i;

/** Where a clause ends that no bracket holds: at the statement's end, or that of the query around it. */
function endOf(text: string, from: number): number {
  for (const at of outermost(text, from, text.length)) {
    if (text[at] === ')' || text[at] === ';' || ENDS.test(text.slice(at))) return at;
  }
  return text.length;
}

/** The bracket that closes the one at a place. */
function closing(text: string, opening: number): number {
  let depth = 0;
  for (let at = opening; at < text.length; at += 1) {
    if (text[at] === '(') depth += 1;
    if (text[at] === ')') depth -= 1;
    if (depth === 0) return at;
  }
  return text.length;
}
