import type { Catalogue } from '../catalogue/catalogue.ts';
import type { RelationRow } from '../catalogue/queries/relations.ts';
import { onRelations, onTables, READS, verdictOn, WRITES, type Rule } from './rule.ts';

/** What a table is a partition or an heir of, nearest first. */
export function ancestorsOf({ parents }: RelationRow, catalogue: Catalogue): RelationRow[] {
  return parents.flatMap((name) => {
    const parent = catalogue.relation(name);
    return parent === undefined ? [] : [parent, ...ancestorsOf(parent, catalogue)];
  });
}

function guardedAncestor(table: RelationRow, catalogue: Catalogue): RelationRow | undefined {
  return ancestorsOf(table, catalogue).find(({ has_rls }) => has_rls);
}

/** What a view reads, also through other views. */
function sourcesOf({ reads }: RelationRow, catalogue: Catalogue, seen = new Set<string>()): RelationRow[] {
  return reads.flatMap((name) => {
    const source = catalogue.relation(name);
    if (source === undefined || seen.has(name)) return [];
    seen.add(name);
    return [source, ...sourcesOf(source, catalogue, seen)];
  });
}

function guardedSources(view: RelationRow, catalogue: Catalogue): string {
  return sourcesOf(view, catalogue)
    .filter((source) => catalogue.isGuarded(source))
    .map(({ name }) => name)
    .join(', ');
}

/** Whatever shows the rows of a guarded table, and is not held by its policies. */
export const besideTableRules: readonly Rule[] = [
  {
    name: 'partition-without-rls',
    severity: 'error',
    what: 'A partition, or a table that inherits, of a table under row level security has none itself.',
    why: 'Its parent’s policies hold only who asks the parent: by its own name it shows every row.',
    instead: 'Enable and force row level security on it as well, and grant nothing on it.',
    check: onTables((table, catalogue) => {
      const parent = table.has_rls ? undefined : guardedAncestor(table, catalogue);
      return parent && `the policies of ${parent.name} do not hold who asks it by name`;
    }),
  },
  {
    name: 'partition-granted',
    severity: 'warning',
    what: 'An application role has a privilege on a partition, or an heir, of a table under row level security.',
    why: 'Asked by name it has policies of its own or none: whatever is changed at the parent is missing there.',
    instead: '`revoke all on <partition> from …`; the parent’s privileges are enough.',
    check: onTables((table, catalogue) =>
      guardedAncestor(table, catalogue) === undefined
        ? undefined
        : verdictOn(catalogue.reached(table, ...READS, ...WRITES)),
    ),
  },
  {
    name: 'view-without-security-invoker',
    severity: 'error',
    what: 'An application role may use a view of guarded tables that does not say `security_invoker = true`.',
    why: 'It reads with its owner’s rights, so its reader sees what policies would hide.',
    instead: '`alter view … set (security_invoker = true)`.',
    check: onRelations('view', (view, catalogue) => {
      const sources = guardedSources(view, catalogue);
      if (view.is_invoker || sources === '') return undefined;
      const grants = verdictOn(catalogue.reached(view, ...READS, ...WRITES));
      return grants && `${grants}, and reads ${sources} as ${view.owner}`;
    }),
  },
  {
    name: 'materialized-view-granted',
    severity: 'error',
    what: 'An application role may read a materialized view of guarded tables.',
    why: 'Row level security does not apply to it: it shows what its owner saw, to everybody.',
    instead: 'Revoke it, and let a `security definer` function ask it for one tenant.',
    check: onRelations('materialized view', (view, catalogue) =>
      guardedSources(view, catalogue) === '' ? undefined : verdictOn(catalogue.reached(view, ...READS)),
    ),
  },
  {
    name: 'foreign-table-granted',
    severity: 'error',
    what: 'An application role may use a foreign table.',
    why: 'Row level security does not apply to it, and the other server sees one user for all tenants.',
    instead: 'Revoke it, and let a `security definer` function ask it for one tenant.',
    check: onRelations('foreign table', (table, catalogue) =>
      verdictOn(catalogue.reached(table, ...READS, ...WRITES)),
    ),
  },
  {
    name: 'rule-on-table',
    severity: 'error',
    what: 'A table under row level security has a rewrite rule.',
    why: 'What the rule adds runs with the rights of the table’s owner, beside the policies.',
    instead: 'A trigger, which runs with the rights of whoever writes.',
    check: onTables(({ has_rls, rules, owner }) =>
      has_rls && rules.length > 0 ? `${rules.join(', ')} runs as ${owner}` : undefined,
    ),
  },
  {
    name: 'published-without-filter',
    severity: 'warning',
    what: 'A publication has a table of tenants without a row filter.',
    why: 'Replication knows no policies: its subscribers get every tenant’s rows.',
    instead: '`… for table t where (tenant_id = …)`; or allow it with the reason why the subscriber may.',
    check: (catalogue) =>
      catalogue.rows.publishedTables.flatMap(({ publication, table, has_filter }) => {
        const relation = catalogue.relation(table);
        return relation !== undefined && !has_filter && catalogue.isGuarded(relation)
          ? [{ place: table, message: `publication ${publication} sends every tenant’s rows` }]
          : [];
      }),
  },
  {
    name: 'statistics-without-tenant',
    severity: 'warning',
    what: 'Extended statistics of a table of tenants do not have the tenant column.',
    why: 'They count over all tenants: `explain` tells one how common a combination is with the others.',
    instead: '`create statistics … on tenant_id, a, b from …`.',
    check: (catalogue) =>
      catalogue.rows.statistics.flatMap(({ name, table, columns }) => {
        const relation = catalogue.relation(table);
        const tenant = relation && catalogue.tenantOf(relation);
        return tenant === undefined || columns.includes(tenant.name)
          ? []
          : [{ place: name, message: `counts (${columns.join(', ')}) of ${table} over all tenants` }];
      }),
  },
  {
    name: 'large-object-reachable',
    severity: 'warning',
    what: 'An application role owns or may read large objects.',
    why: 'They have no policies, and the role is the same for every tenant: whoever guesses a number reads it.',
    instead: 'Keep files in a `bytea` column of a table of tenants.',
    check: (catalogue) =>
      catalogue.rows.largeObjects
        .filter(({ grantee }) => catalogue.reach.has(grantee))
        .map(({ grantee, count }) => ({
          place: `large objects of ${grantee}`,
          message: `${count} within reach of every tenant`,
        })),
  },
];
