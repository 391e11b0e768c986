import type { Catalogue } from '../catalogue/catalogue.ts';
import type { Constraint } from '../catalogue/constraints.ts';

/** Tables that are tied together by foreign keys, in one picture. */
type Group = readonly string[];

/**
 * Mermaid diagrams of some tables: one for each group that foreign keys tie together. A table of elsewhere that is
 * referred to is a box without columns. The reference of every row to its tenant is drawn only where `tenants` is.
 */
export function erDiagrams(catalogue: Catalogue, tables: readonly string[]): readonly string[] {
  const own = new Set(tables);
  const drawn = catalogue.constraints.filter(
    ({ kind, table, target }) =>
      kind === 'foreign key' && own.has(table) && (target !== 'tenants' || own.has(target)),
  );
  return groupsOf(drawn).map((group) => {
    const boxes = group.filter((name) => own.has(name)).map((name) => box(catalogue, name));
    const lines = drawn
      .filter(({ table }) => group.includes(table))
      .map((key) => relationship(catalogue, key));
    return ['```mermaid', 'erDiagram', ...boxes, ...lines, '```'].join('\n');
  });
}

/** The tables at both ends of the keys, those that hang together in one list. */
function groupsOf(keys: readonly Constraint[]): readonly Group[] {
  const groups: string[][] = [];
  for (const { table, target } of keys) {
    const ends = target === null ? [table] : [table, target];
    const touched = groups.filter((group) => ends.some((end) => group.includes(end)));
    for (const group of touched) groups.splice(groups.indexOf(group), 1);
    groups.push([...new Set([...touched.flat(), ...ends])].sort());
  }
  return groups.sort(([a = ''], [b = '']) => (a < b ? -1 : 1));
}

/** A table with the columns of its keys: all of them would hide how tables hang together. */
function box({ columns, constraints }: Catalogue, table: string): string {
  const keys = constraints.filter((key) => key.table === table);
  const marksOf = (column: string): string[] =>
    [
      ['primary key', 'PK'],
      ['foreign key', 'FK'],
      ['unique', 'UK'],
    ]
      .filter(([kind]) => keys.some((key) => key.kind === kind && key.columns.includes(column)))
      .map(([, mark]) => String(mark));
  const lines = columns
    .filter((column) => column.relation === table && marksOf(column.name).length > 0)
    .map(({ name, type }) => `    ${typeWord(type)} ${name} ${marksOf(name).join(', ')}`);
  return [`  ${quoted(table)} {`, ...lines, '  }'].join('\n');
}

/** Mermaid's types are one word of letters, digits, underscores and brackets. */
function typeWord(type: string): string {
  return type
    .replace(/\(\d+, ?\d+\)/, '')
    .replaceAll(' ', '_')
    .replaceAll(/[^\w()[\]]/g, '');
}

function relationship({ columns, constraints }: Catalogue, key: Constraint): string {
  const isOptional = columns.some(
    (column) => column.relation === key.table && key.columns.includes(column.name) && column.isNullable,
  );
  const isUnique = constraints.some(
    ({ kind, table, columns: own }) =>
      (kind === 'primary key' || kind === 'unique') &&
      table === key.table &&
      own.every((column) => key.columns.includes(column)),
  );
  const label = key.columns.filter((column) => column !== 'tenant_id').join(', ') || 'tenant_id';
  const ends = `${isOptional ? '|o' : '||'}--${isUnique ? 'o|' : 'o{'}`;
  return `  ${quoted(key.target ?? '')} ${ends} ${quoted(key.table)} : "${label}"`;
}

function quoted(name: string): string {
  return `"${name}"`;
}
