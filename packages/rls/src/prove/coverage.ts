import type { Catalogue, Relation, Routine } from './catalogue.ts';
import { VERBS, type Cell, type Verb } from './cells.ts';
import { ROUTINES } from './model/routines.ts';
import { OPERATORS_VIEWS, TABLES, TENANT_VIEWS } from './model/tables.ts';

/** What was tried, what not and why, and what nobody has said anything about. */
export interface Coverage {
  readonly tried: number;
  /** What there is nothing to try of, by reason. */
  readonly excused: readonly { readonly reason: string; readonly of: readonly string[] }[];
  /** What the model does not know, or has no rows for: the proof says nothing of it. */
  readonly missing: readonly string[];
}

/** What was to be proven, and which of its tables had no rows. */
interface Proven extends Catalogue {
  readonly empty: readonly string[];
}

export function coverageOf({ relations, routines, empty }: Proven, cells: readonly Cell[]): Coverage {
  const tried = new Set(cells.map(({ subject, verb }) => `${subject} ${verb}`));
  const excused = new Map<string, string[]>();
  const missing = [
    ...empty.map((name) => `table ${name}: not every tenant has a row that something could be done to`),
    ...relations
      .filter((it) => !isKnown(it))
      .map(({ name, kind }) => `${kind} ${name}: the model does not know it`),
    ...routines
      .filter((it) => !isClassified(it))
      .map(({ name }) => `function ${name}: the model does not know it`),
  ];
  for (const relation of relations.filter(isKnown)) {
    for (const verb of VERBS) {
      if (tried.has(`${relation.name} ${verb}`)) continue;
      const reason = excuseOf(relation, verb);
      if (reason === undefined) missing.push(`${verb} of ${relation.name}: nothing was tried`);
      else excused.set(reason, [...(excused.get(reason) ?? []), `${verb} of ${relation.name}`]);
    }
  }
  return { tried: cells.length, excused: [...excused].map(([reason, of]) => ({ reason, of })), missing };
}

function isKnown({ name, kind }: Relation): boolean {
  if (kind === 'view') return TENANT_VIEWS.includes(name) || OPERATORS_VIEWS.includes(name);
  return kind !== 'table' || name in TABLES;
}

/** One that its owner alone may execute, with the caller's rights, needs no words. */
function isClassified({ name, isDefiner }: Routine): boolean {
  return name in ROUTINES || !isDefiner;
}

function excuseOf({ name, kind, foreignKeys, columns }: Relation, verb: Verb): string | undefined {
  if (kind === 'sequence') return 'a sequence has no rows to be written, referred to or copied';
  if (verb === 'give away') return 'it has no rows of tenants that could be given away';
  if (verb === 'references' && (kind !== 'table' || TABLES[name]?.kind === 'internal'))
    return 'no tenant can add a row that refers to something';
  if (verb === 'references' && foreignKeys.length === 0) return 'it refers to nothing but its tenant';
  if (verb === 'errors' && kind === 'view' && !columns.includes('tenant_id'))
    return 'it does not say whose its rows are; what it shows is compared as a whole';
  return undefined;
}
