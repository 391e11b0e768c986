import { describe, expect, it } from 'vitest';
import { orderTables } from '../../src/transfer/order-tables.ts';

const table = (name: string, ...refersTo: string[]) => ({ name, refersTo });

describe('orderTables', () => {
  it('puts what is referred to first, and otherwise keeps the order', () => {
    const tables = [table('c', 'b'), table('a'), table('b', 'a', 'd'), table('d', 'd')];
    expect(orderTables(tables).map(({ name }) => name)).toEqual(['a', 'd', 'b', 'c']);
  });
  it('takes references to tables that are not there', () => {
    expect(orderTables([table('a', 'elsewhere')])).toHaveLength(1);
  });
  it('refuses a circle, and says which tables are in it', () => {
    expect(() => orderTables([table('a', 'b'), table('b', 'a'), table('c')])).toThrow(/a, b$/);
  });
});
