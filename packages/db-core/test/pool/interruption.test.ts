import { describe, expect, it } from 'vitest';
import { DatabaseError } from '../../src/index.ts';
import { Interruption } from '../../src/pool/interruption.ts';

const first = new DatabaseError('ABORTED', 'first');
const second = new DatabaseError('SHUTTING_DOWN', 'second');

function interrupted(): Interruption {
  const interruption = new Interruption();
  interruption.interrupt(first);
  return interruption;
}

describe('Interruption.interrupt', () => {
  it('tells every listener once, of the first interruption only', () => {
    const interruption = new Interruption();
    const heard: DatabaseError[] = [];
    interruption.onInterrupt((error) => heard.push(error));
    interruption.onInterrupt((error) => heard.push(error));
    expect(interruption.isInterrupted).toBe(false);
    interruption.interrupt(first);
    interruption.interrupt(second);
    expect(heard).toEqual([first, first]);
    expect(interruption.isInterrupted).toBe(true);
    interruption.onInterrupt((error) => heard.push(error));
    expect(heard).toEqual([first, first, first]);
  });
});

describe('Interruption.onInterrupt', () => {
  it('tells who comes later at once', () => {
    const heard: DatabaseError[] = [];
    const forget = interrupted().onInterrupt((error) => heard.push(error));
    expect(heard).toEqual([first]);
    forget();
  });

  it('tells nobody who has taken it back', () => {
    const interruption = new Interruption();
    const heard: DatabaseError[] = [];
    interruption.onInterrupt((error) => heard.push(error))();
    interruption.interrupt(first);
    expect(heard).toEqual([]);
  });
});

describe('Interruption.race', () => {
  it('answers what the promise answers, or throws what it throws', async () => {
    const interruption = new Interruption();
    expect(await interruption.race(Promise.resolve('answer'))).toBe('answer');
    await expect(interruption.race(Promise.reject(new RangeError('mine')))).rejects.toThrow(RangeError);
  });

  it('throws the interruption when that is sooner, whatever becomes of the promise', async () => {
    const interruption = new Interruption();
    const late = Promise.withResolvers<string>();
    const race = interruption.race(late.promise);
    interruption.interrupt(first);
    await expect(race).rejects.toBe(first);
    // Nobody hears of it, and the process does not end for it.
    late.reject(new Error('too late'));
    await new Promise(setImmediate);
  });

  it('throws the interruption that was before it, also to a promise that never ends', async () => {
    await expect(interrupted().race(new Promise(() => undefined))).rejects.toBe(first);
  });
});
