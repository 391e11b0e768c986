import type { Catalogue } from '../catalogue/catalogue.ts';
import { conditionsOf, type Index } from '../catalogue/indexes.ts';
import { code, codes, prose, table } from './markdown.ts';

/** The indexes of one table: what each is there for, and how far into it the application gets. */
export function indexTable(catalogue: Catalogue, on: string): string {
  return table(
    ['index', 'over', 'serves', 'application'],
    catalogue.indexes
      .filter((index) => index.table === on)
      .map((index) => [code(index.name), over(index), serves(catalogue, index), reach(index)]),
  );
}

/** The indexes that the application cannot look anything up by but its tenant. */
export function dimIndexes(catalogue: Catalogue): string {
  return table(
    ['table', 'index', 'over', 'serves', 'application'],
    catalogue.indexes
      .filter((index) => index.isSecured && othersOf(index).length > 0 && conditionsOf(index).length < 2)
      .map((index) => [
        code(index.table),
        code(index.name),
        over(index),
        serves(catalogue, index),
        reach(index),
      ]),
  );
}

/** For example: unique btree (`tenant_id`, `id`) where `status = 'queued'`. */
function over({ method, isUnique, keys, included, predicate }: Index): string {
  const list = `${isUnique ? 'unique ' : ''}${method} (${codes(keys.map(({ text }) => text))})`;
  const carried = included.length === 0 ? '' : ` including ${codes(included)}`;
  return `${list}${carried}${predicate === null ? '' : ` where ${code(predicate)}`}`;
}

/** The constraint behind an index, the foreign keys that it leads with, and its comment. */
function serves({ constraints }: Catalogue, { table: on, name, keys, comment }: Index): string {
  const bare = name.replace(/^.*\./, '');
  const leadsWith = (columns: readonly string[]): boolean => {
    const leading = keys.slice(0, columns.length).map(({ column }) => column);
    return columns.every((column) => leading.includes(column));
  };
  const words = constraints
    .filter((constraint) => constraint.table === on)
    .flatMap(({ kind, name: constraint, columns, target }) => {
      if (kind === 'foreign key') {
        return columns.length > 1 && leadsWith(columns) ? [`foreign key to ${code(target)}`] : [];
      }
      return kind !== 'check' && constraint === bare ? [kind] : [];
    });
  return [...new Set(words), prose(comment)].filter((word) => word !== '').join(', ');
}

/** What the application can do with an index. */
function reach(index: Index): string {
  if (!index.isSecured) return 'no policies';
  const conditions = conditionsOf(index);
  const others = othersOf(index);
  if (others.length === 0) return `looks up ${codes(conditions)}`;
  if (conditions.length === 0) {
    return index.keys.some(({ isDistance }) => isDistance) ? 'orders by distance' : '**nothing**';
  }
  const looksUp = conditions.length === 1 ? '**the tenant only**' : `looks up ${codes(conditions)}`;
  return `${looksUp}; ${codes(others)} ${index.method === 'btree' ? 'sorts or filters' : 'filters'}`;
}

function othersOf(index: Index): readonly string[] {
  const conditions = conditionsOf(index);
  return index.keys
    .filter(({ column, text }) => !conditions.includes(column ?? text))
    .map(({ text }) => text);
}
