import { describe, expect, expectTypeOf, it } from 'vitest';
import { bindOperations } from '../../src/index.ts';

const add = (tx: number, one: number, other = 1): Promise<number> => Promise.resolve(tx + one + other);
const name = (tx: number): Promise<string> => Promise.resolve(`tx ${tx}`);

describe('bindOperations', () => {
  const opened: number[] = [];
  const operations = bindOperations({ add, name }, (work: (tx: number) => Promise<unknown>) => {
    opened.push(opened.length);
    return work(opened.length * 100);
  });

  it('gives each call a transaction of its own', async () => {
    await expect(operations.add(2, 3)).resolves.toBe(105);
    await expect(operations.add(2)).resolves.toBe(203);
    await expect(operations.name()).resolves.toBe('tx 300');
  });
  it('keeps the types of arguments and result', () => {
    expectTypeOf(operations.add).toEqualTypeOf<(one: number, other?: number) => Promise<number>>();
    expectTypeOf(operations.name).toEqualTypeOf<() => Promise<string>>();
  });
  it('lets failures through', async () => {
    const failing = bindOperations({ add }, (_: (tx: number) => Promise<unknown>) =>
      Promise.reject(new Error('no connection')),
    );
    await expect(failing.add(1)).rejects.toThrow('no connection');
  });
});
