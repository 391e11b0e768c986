import { TenancyError } from '../errors.ts';

interface Referring {
  readonly name: string;
  readonly refersTo: readonly string[];
}

/**
 * The same tables, each after those that it refers to; apart from that, as they came. A table may refer to itself.
 *
 * @throws {TenancyError} `TABLES_CYCLIC` when tables refer to each other: their rows have no order.
 */
export function orderTables<Table extends Referring>(tables: readonly Table[]): Table[] {
  const waiting = new Map(tables.map((table) => [table.name, table]));
  const ordered: Table[] = [];
  while (waiting.size > 0) {
    const next = [...waiting.values()].find((table) =>
      table.refersTo.every((name) => name === table.name || !waiting.has(name)),
    );
    if (next === undefined) {
      const names = [...waiting.keys()].join(', ');
      throw new TenancyError('TABLES_CYCLIC', `these tables, or some of them, refer to each other: ${names}`);
    }
    waiting.delete(next.name);
    ordered.push(next);
  }
  return ordered;
}
