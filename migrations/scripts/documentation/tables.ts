import type { Catalogue } from '../catalogue/catalogue.ts';
import type { Constraint } from '../catalogue/constraints.ts';
import type { Relation } from '../catalogue/relations.ts';
import type { Domain } from './domains.ts';
import { erDiagrams } from './er-diagram.ts';
import { indexTable } from './indexes.ts';
import { code, codes, paragraphs, prose, table } from './markdown.ts';

/** A line for each domain: its tables, with links. */
export function overview(domains: readonly Domain[]): string {
  const link = ({ name }: Relation): string => `[${code(name)}](#${anchorOf(name)})`;
  return table(
    ['domain', 'tables', 'views'],
    domains.map(({ title, tables, views }) => [
      `[${title}](#${anchorOf(title)})`,
      tables.map(link).join(', '),
      views.map(link).join(', '),
    ]),
  );
}

/** A chapter for each domain: diagrams, then table by table and view by view. */
export function domainChapters(catalogue: Catalogue, domains: readonly Domain[]): string {
  return paragraphs(
    ...domains.map((domain) =>
      paragraphs(
        `## ${domain.title}`,
        prose(domain.purpose),
        ...erDiagrams(
          catalogue,
          domain.tables.map(({ name }) => name),
        ),
        ...domain.tables.map((it) => tableSection(catalogue, it)),
        ...domain.views.map((it) => viewSection(catalogue, it)),
      ),
    ),
  );
}

/** As GitHub makes it of a heading. */
function anchorOf(heading: string): string {
  return heading
    .toLowerCase()
    .replaceAll(/[^\w -]/g, '')
    .replaceAll(' ', '-');
}

function tableSection(catalogue: Catalogue, { name, comment }: Relation): string {
  const constraints = catalogue.constraints.filter((it) => it.table === name);
  return paragraphs(
    `### ${code(name)}`,
    prose(comment),
    columnTable(catalogue, name),
    keyTable(constraints),
    checkTable(constraints),
    indexTable(catalogue, name),
    rights(catalogue, name),
    policies(catalogue, name),
    triggers(catalogue, name),
  );
}

function viewSection(catalogue: Catalogue, { name, kind, comment, isInvoker }: Relation): string {
  const isView = kind === 'view';
  const rows = catalogue.columns.filter((column) => column.relation === name);
  return paragraphs(
    `### ${code(name)}`,
    `${isView ? 'View' : 'Materialized view'}. ${prose(comment)}`,
    isView && !isInvoker ? '**Runs with the rights of its owner.**' : '',
    table(
      ['column', 'type', 'description'],
      rows.map((column) => [code(column.name), code(column.type), prose(column.comment)]),
    ),
    indexTable(catalogue, name),
    rights(catalogue, name),
  );
}

function columnTable({ columns }: Catalogue, name: string): string {
  return table(
    ['column', 'type', 'null', 'default', 'description'],
    columns
      .filter(({ relation }) => relation === name)
      .map(({ name: column, type, isNullable, fill, comment }) => [
        code(column),
        code(type),
        isNullable ? 'null' : '',
        code(fill),
        prose(comment),
      ]),
  );
}

function keyTable(constraints: readonly Constraint[]): string {
  const keys = constraints.filter(({ kind }) => kind !== 'check');
  return table(
    ['key', 'kind', 'columns', 'refers to', 'on delete'],
    keys.map(({ name, kind, columns, target, targetColumns, onDelete }) => [
      code(name),
      kind,
      codes(columns),
      target === null ? '' : code(`${target} (${targetColumns.join(', ')})`),
      onDelete ?? '',
    ]),
  );
}

function checkTable(constraints: readonly Constraint[]): string {
  return table(
    ['check', 'holds'],
    constraints
      .filter(({ kind }) => kind === 'check')
      .map(({ name, definition }) => [code(name), code(definition.replace(/^CHECK \(([^]*)\)$/, '$1'))]),
  );
}

function rights(catalogue: Catalogue, name: string): string {
  const given = catalogue.rights.filter(({ relation }) => relation === name);
  if (given.length === 0) return 'Rights: nobody but the owner has any.';
  return `Rights: ${given.map(({ role, privileges }) => `${code(role)} ${privileges.join(', ')}`).join('; ')}.`;
}

function policies({ policies: all, relations }: Catalogue, name: string): string {
  const own = all.filter((policy) => policy.table === name);
  const isSecured = relations.some((relation) => relation.name === name && relation.isSecured);
  if (!isSecured) return 'No row level security.';
  const list = own.map(
    ({ name: policy, isRestrictive, command }) =>
      `${code(policy)} (${isRestrictive ? 'restrictive, ' : ''}${command})`,
  );
  return `Policies: ${list.join(', ')}. [What they say](#policies).`;
}

function triggers({ triggers: all }: Catalogue, name: string): string {
  const own = all.filter((trigger) => trigger.table === name);
  if (own.length === 0) return '';
  return `Triggers: ${own.map(({ name: trigger, event }) => `${code(trigger)} (${event})`).join('; ')}.`;
}
