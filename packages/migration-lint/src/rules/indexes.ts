import { lastPart, shown } from '../sql/names.ts';
import { isExisting, type Rule } from './rule.ts';
import { isMutable } from './volatility.ts';

export const indexRules: readonly Rule[] = [
  {
    name: 'index-without-concurrently',
    severity: 'error',
    what: 'An index is created on an existing table without `concurrently`.',
    why: 'Writes wait until it is built.',
    instead: '`create index concurrently`, alone in a file with `-- transaction: no`.',
    on: {
      'create index': ({ index: { name = 'an index', table }, isConcurrent }, context) => {
        if (isConcurrent || !isExisting(table, context)) return undefined;
        const isPartitioned = context.schema.tables.get(table)?.isPartitioned === true;
        const how = isPartitioned ? '; index its partitions one by one, then attach them' : '';
        return `writes to ${shown(table)} wait for ${lastPart(name)}${how}`;
      },
    },
  },
  {
    name: 'drop-index-without-concurrently',
    severity: 'error',
    what: 'An index is dropped without `concurrently`.',
    why: 'It needs ACCESS EXCLUSIVE on its table, and everybody queues behind it.',
    instead: '`drop index concurrently`, alone in a file with `-- transaction: no`.',
    on: {
      drop: ({ objects, isConcurrent, at }, { file, schema }) =>
        objects.flatMap(({ kind, name }) => {
          const table = schema.indexes.get(name)?.table;
          // An index of a table that this file makes blocks nobody.
          const isNew = table !== undefined && !file.before.tables.has(table);
          if (kind !== 'index' || isConcurrent || isNew) return [];
          return [{ at, message: `dropping ${shown(name)} locks its table` }];
        }),
    },
  },
  {
    name: 'reindex-without-concurrently',
    severity: 'error',
    what: '`reindex` without `concurrently`.',
    why: 'Writes wait until the index is built, and reads that would use it.',
    instead: '`reindex … concurrently`, outside of migrations.',
    isForDown: true,
    on: { reindex: ({ isConcurrent }) => (isConcurrent ? undefined : 'reindex blocks writes') },
  },
  {
    name: 'refresh-without-concurrently',
    severity: 'error',
    what: 'A materialized view is refreshed without `concurrently`.',
    why: 'Its readers wait until it is computed.',
    instead: '`refresh materialized view concurrently`, which needs a unique index on it.',
    on: {
      refresh: ({ view, isConcurrent }, { file }) =>
        isConcurrent || !file.before.views.has(view) ? undefined : `readers of ${shown(view)} wait`,
    },
  },
  {
    name: 'index-predicate-not-immutable',
    severity: 'error',
    what: 'An index is limited by what changes with time or session: `now()`, `current_setting()`, …',
    why: 'PostgreSQL refuses it; an index does not change because an hour has passed.',
    instead: 'Index the column itself, and compare with now() in the query.',
    on: {
      'create index': ({ index: { predicate } }, { schema }) => {
        const mutable = predicate?.functions.find((name) => isMutable(name, schema));
        return mutable && `the predicate calls ${mutable}, which is not immutable`;
      },
    },
  },
  {
    name: 'redundant-index',
    severity: 'warning',
    what: 'An index whose columns another index or key of the table begins with.',
    why: 'Every write keeps it up to date, and the other serves its queries.',
    instead: 'Leave it out; or drop the other when this one replaces it.',
    on: {
      'create index': ({ index }, { file: { after } }) => {
        const { name, table, isUnique, predicate, method } = index;
        const columns = index.columns.flatMap((column) => column.name ?? []);
        const isPlain =
          columns.length === index.columns.length && predicate === undefined && method === 'btree';
        if (isUnique || !isPlain) return undefined;
        const startsTheSame = (of: readonly string[]): boolean =>
          columns.every((column, at) => of[at] === column);
        const keys = [...(after.tables.get(table)?.constraints.values() ?? [])].filter(
          ({ kind, columns: of }) => (kind === 'primary' || kind === 'unique') && startsTheSame(of),
        );
        const others = [...after.indexes.values()].filter(
          (other) =>
            other.table === table &&
            other.name !== name &&
            other.method === 'btree' &&
            other.predicate === undefined &&
            startsTheSame(other.columns.map((column) => column.name ?? '')),
        );
        const other = [...keys, ...others][0];
        return (
          other &&
          `${other.name === undefined ? 'a key' : shown(other.name)} begins with (${columns.join(', ')})`
        );
      },
    },
  },
];
