import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FairQueue, type Place } from '../../src/pool/fair-queue.ts';

const GROUPS = ['red', 'green', 'blue'];
const group = fc.constantFrom(...GROUPS);

/** What can be done to a queue. `at` counts everybody who ever came, also those who are gone. */
const step = fc.oneof(
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('push' as const), group }) },
  fc.record({ kind: fc.constant('remove' as const), at: fc.nat(30) }),
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('shift' as const), barred: fc.subarray(GROUPS) }) },
);

describe('FairQueue', () => {
  it('does what a list does that is searched from its beginning', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const queue = new FairQueue<string, number>();
        const everybody: Place<string, number>[] = [];
        let list: { group: string; id: number }[] = [];
        for (const taken of steps) {
          if (taken.kind === 'push') {
            const id = everybody.length;
            everybody.push(queue.push(taken.group, id));
            list.push({ group: taken.group, id });
          } else if (taken.kind === 'remove') {
            const place = everybody[taken.at];
            if (place === undefined) continue;
            const isThere = list.some(({ id }) => id === taken.at);
            expect(queue.remove(place)).toBe(isThere);
            list = list.filter(({ id }) => id !== taken.at);
          } else {
            const first = list.find((waiting) => !taken.barred.includes(waiting.group));
            expect(queue.shift((key) => !taken.barred.includes(key))).toBe(first?.id);
            list = list.filter((waiting) => waiting !== first);
          }
          expect(queue.size).toBe(list.length);
        }
        const rest = list.map(() => queue.shift(() => true));
        expect(rest).toEqual(list.map(({ id }) => id));
      }),
    );
  });

  it('asks of each group once, however many wait in it', () => {
    const queue = new FairQueue<string, number>();
    for (let at = 0; at < 1000; at += 1) queue.push(at % 2 === 0 ? 'red' : 'green', at);
    const asked: string[] = [];
    queue.shift((key) => asked.push(key) > 0);
    expect(asked).toEqual(['red', 'green']);
  });
});
