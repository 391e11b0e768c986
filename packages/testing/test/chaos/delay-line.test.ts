import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { DelayLine } from '../../src/chaos/delay-line.ts';

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'setImmediate', 'performance'] });
});
afterEach(() => {
  vi.useRealTimers();
});

describe('DelayLine', () => {
  it('hands on at once what has no delay, without a timer', () => {
    const out: string[] = [];
    new DelayLine<string>(
      (item) => out.push(item),
      () => true,
    ).put('a', 0);
    expect(out).toEqual(['a']);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('hands on after the delay and not before, side by side', () => {
    const out: string[] = [];
    const line = new DelayLine<string>(
      (item) => out.push(item),
      () => true,
    );
    line.put('a', 20);
    line.put('b', 20);
    vi.advanceTimersByTime(5);
    line.put('c', 20);
    vi.advanceTimersByTime(14);
    expect(out).toEqual([]);
    vi.advanceTimersByTime(2);
    expect(out).toEqual(['a', 'b']);
    vi.advanceTimersByTime(3);
    expect(out).toEqual(['a', 'b']);
    vi.advanceTimersByTime(2);
    expect(out).toEqual(['a', 'b', 'c']);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('keeps the order when the delay becomes shorter', () => {
    const out: string[] = [];
    const line = new DelayLine<string>(
      (item) => out.push(item),
      () => true,
    );
    line.put('slow', 50);
    line.put('fast', 0);
    vi.advanceTimersByTime(40);
    expect(out).toEqual([]);
    vi.advanceTimersByTime(20);
    expect(out).toEqual(['slow', 'fast']);
  });

  it('keeps everything while it is closed, for as long as that takes', () => {
    const out: string[] = [];
    let isOpen = false;
    const line = new DelayLine<string>(
      (item) => out.push(item),
      () => isOpen,
    );
    line.put('a', 0);
    line.put('b', 5);
    expect(vi.getTimerCount()).toBe(0);
    vi.advanceTimersByTime(1000);
    expect(out).toEqual([]);
    isOpen = true;
    line.flush();
    expect(out).toEqual(['a', 'b']);
  });

  it('keeps what became due after it was closed', () => {
    const out: string[] = [];
    let isOpen = true;
    const line = new DelayLine<string>(
      (item) => out.push(item),
      () => isOpen,
    );
    line.put('a', 5);
    isOpen = false;
    vi.advanceTimersByTime(1000);
    expect(out).toEqual([]);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('stops when handing on closes it', () => {
    const out: string[] = [];
    let isOpen = false;
    const line = new DelayLine<string>(
      (item) => {
        out.push(item);
        isOpen = false;
      },
      () => isOpen,
    );
    line.put('a', 0);
    line.put('b', 0);
    isOpen = true;
    line.flush();
    expect(out).toEqual(['a']);
  });

  it('forgets what it is told to', () => {
    const out: string[] = [];
    const line = new DelayLine<string>(
      (item) => out.push(item),
      () => true,
    );
    line.put('a', 5);
    line.clear();
    vi.advanceTimersByTime(20);
    expect(out).toEqual([]);
  });
});
