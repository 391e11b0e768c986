import { findingOf, sortFindings } from '@agent-agency/findings';
import { allows, parseAllowances, placeOf, type Allowance } from './allowances.ts';
import type { Catalogue } from './catalogue/catalogue.ts';
import { readCatalogue, type Connection, type Scope } from './catalogue/read-catalogue.ts';
import { Unreadable, unlessUnreadable } from './catalogue/unreadable.ts';
import { places, type Finding } from './finding.ts';
import { isOwnSchema, OWN_SCHEMA_ALLOWANCES } from './own-schema.ts';
import { allowanceRules } from './rules/allowance-rules.ts';
import { allRules, catalogueRules } from './rules/all-rules.ts';

export interface AuditOptions extends Scope {
  /** Findings that are known, a line each: `<rule> <place>: <reason>`. */
  readonly allowances?: string;
}

/** What an audit found, and what it looked at. */
export interface Audit {
  readonly findings: readonly Finding[];
  /** Found, and allowed. */
  readonly allowed: readonly { readonly finding: Finding; readonly reason: string }[];
  /** Rules that need what this login may not read. */
  readonly notChecked: readonly NotChecked[];
  /** Who was asked about. */
  readonly roles: readonly string[];
  /** How many tables were looked at. */
  readonly tables: number;
}

interface NotChecked {
  readonly rule: string;
  readonly reason: string;
}

/**
 * Looks in the catalogue of a database for what its row level security does not hold. Any PostgreSQL from 15 on; any
 * login may: what it may not read is said in `notChecked`. What is known of the data layer's own schema is allowed.
 *
 * **Runs** some twenty reads of the catalogue, in a transaction of its own that can write nothing: `connection` must be
 * outside a transaction.
 *
 * @throws {RlsError} `ROLE_UNKNOWN` or `SCHEMA_UNKNOWN` when one is asked for that is not there.
 */
export async function auditDatabase(connection: Connection, options: AuditOptions = {}): Promise<Audit> {
  await connection.query('begin transaction isolation level repeatable read read only');
  try {
    return auditCatalogue(await readCatalogue(connection, options), options.allowances);
  } finally {
    await connection.query('rollback');
  }
}

/** The same over a catalogue that was read. Pure. */
export function auditCatalogue(catalogue: Catalogue, allowances = ''): Audit {
  const notChecked: NotChecked[] = [];
  const found = catalogueRules.flatMap((rule): Finding[] => {
    try {
      return rule.check(catalogue).map(({ place, message }) => ({ place, ...findingOf(rule, message) }));
    } catch (error) {
      if (!(error instanceof Unreadable)) throw error;
      notChecked.push({ rule: rule.name, reason: error.message });
      return [];
    }
  });
  const list = parseAllowances(allowances, RULE_NAMES);
  const own = parseAllowances(isOwn(catalogue) ? OWN_SCHEMA_ALLOWANCES : '', RULE_NAMES);
  const sorted = sortFindings(found, places);
  const allowanceFor = (finding: Finding): Allowance | undefined =>
    [...list.valid, ...own.valid].find((it) => allows(it, finding));
  const isUnused = (it: Allowance): boolean =>
    !found.some((finding) => allows(it, finding)) &&
    !notChecked.some(({ rule }) => rule === it.rule) &&
    !isOutOfScope(it.place, catalogue);
  return {
    findings: [
      ...list.bad.map(({ place, message }) => ({ place, ...findingOf(allowanceRules.bad, message) })),
      ...list.valid.filter(isUnused).map((it) => ({
        place: placeOf(it),
        ...findingOf(allowanceRules.unused, `${it.rule} finds nothing at ${it.place}`),
      })),
      ...sorted.filter((finding) => allowanceFor(finding) === undefined),
    ],
    allowed: sorted.flatMap((finding) => {
      const allowance = allowanceFor(finding);
      return allowance === undefined ? [] : [{ finding, reason: allowance.reason }];
    }),
    notChecked,
    roles: unlessUnreadable(() => catalogue.audience.map(({ name }) => name), []),
    tables: unlessUnreadable(() => catalogue.tables.length, 0),
  };
}

const RULE_NAMES: ReadonlySet<string> = new Set(allRules.map(({ name }) => name));

function isOwn(catalogue: Catalogue): boolean {
  return unlessUnreadable(() => isOwnSchema(catalogue), false);
}

/** Whether a place is in a schema that is there and was not asked for. */
function isOutOfScope(place: string, catalogue: Catalogue): boolean {
  const schema = place.split('.')[0];
  return unlessUnreadable(
    () => catalogue.rows.schemas.some(({ name, is_in_scope }) => name === schema && !is_in_scope),
    false,
  );
}
