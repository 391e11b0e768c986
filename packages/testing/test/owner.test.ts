import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { findMarked, isAbandoned, isOfThisHost, markOf, ownerMark } from '../src/owner.ts';

const parts = ownerMark().split('_');
const hour = 3600;
const secondsAgo = (seconds: number): string => Math.floor(Date.now() / 1000 - seconds).toString(36);

describe('ownerMark', () => {
  it('fits into a database name together with a prefix and a random part', () => {
    expect(`agent_agency_test_${ownerMark()}_ffffff`.length).toBeLessThanOrEqual(63);
  });
});

describe('isAbandoned', () => {
  it('knows a living owner anywhere in a name', () => {
    expect(isAbandoned(`folder-${ownerMark()}_x`)).toBe(false);
  });

  it('knows a dead owner', async () => {
    const child = spawn(process.execPath, ['--version']);
    await once(child, 'close');
    const [host, , start, madeAt] = parts;
    expect(isAbandoned([host, child.pid?.toString(36), start, madeAt].join('_'))).toBe(true);
  });

  it('does not mistake a reused process id for the owner', () => {
    const [host, pid, start = '', madeAt] = parts;
    const earlier = (Number.parseInt(start, 36) - 1).toString(36);
    expect(isAbandoned([host, pid, earlier, madeAt].join('_'))).toBe(true);
  });

  it('lets the owner on another host live for a day', () => {
    const [, pid, start] = parts;
    expect(isAbandoned(['00000000', pid, start, secondsAgo(23 * hour)].join('_'))).toBe(false);
    expect(isAbandoned(['00000000', pid, start, secondsAgo(25 * hour)].join('_'))).toBe(true);
  });

  it('leaves what bears no mark alone', () => {
    expect(isAbandoned('agent_agency_test_by_hand')).toBe(false);
  });
});

describe('isOfThisHost', () => {
  it('compares the host of the mark', () => {
    expect(isOfThisHost(`x_${ownerMark()}`)).toBe(true);
    expect(isOfThisHost(`x_00000000_${parts.slice(1).join('_')}`)).toBe(false);
  });
});

describe('findMarked', () => {
  it('finds the process that a mark was made of, until it ends', async () => {
    const child = spawn(process.execPath, ['-e', 'setInterval(() => undefined, 1000)']);
    const mark = markOf(child.pid ?? 0);
    expect(findMarked(mark)).toBe(child.pid);
    child.kill('SIGKILL');
    await once(child, 'close');
    expect(findMarked(mark)).toBeUndefined();
  });

  it('finds nothing for a reused process id, another machine and no mark at all', () => {
    const [host = '', pid, start = '', madeAt] = parts;
    const earlier = (Number.parseInt(start, 36) - 1).toString(36);
    expect(findMarked([host, pid, earlier, madeAt].join('_'))).toBeUndefined();
    expect(findMarked([host.replaceAll(/./g, '0'), pid, start, madeAt].join('_'))).toBeUndefined();
    expect(findMarked('')).toBeUndefined();
  });
});
