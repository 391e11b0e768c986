import { describe, expect, it } from 'vitest';
import { Steps } from '../../src/demo/steps.ts';
import { createTerminal } from '../../src/terminal.ts';
import { Memory } from '../support/streams.ts';

function stepsOf(signal = new AbortController().signal): { steps: Steps; stdout: Memory } {
  const stdout = new Memory();
  return {
    steps: new Steps(createTerminal({ stdout, stderr: new Memory() }, { json: false }), signal),
    stdout,
  };
}

describe('Steps', () => {
  it('shows each step as soon as it is done, and the time of each at the end', async () => {
    const { steps, stdout } = stepsOf();
    await steps.run('first', () => Promise.resolve({ lines: ['one', 'two'] }));
    expect(stdout.text).toBe('✓ first\n    one\n    two\n\n');
    await steps.run('second', () => Promise.resolve({ lines: [], held: true }));
    expect(steps.allHeld).toBe(true);
    steps.showDurations();
    expect(stdout.text).toMatch(/How long it took\n +\d+ ms {2}first\n +\d+ ms {2}second\n$/);
  });

  it('has not held when one step did not, and goes on', async () => {
    const { steps, stdout } = stepsOf();
    await steps.run('bad', () => Promise.resolve({ lines: [], held: false }));
    await steps.run('good', () => Promise.resolve({ lines: [] }));
    expect(steps.allHeld).toBe(false);
    expect(stdout.text).toContain('✗ bad\n');
    expect(steps.results.map(({ held }) => held)).toEqual([false, true]);
  });

  it('has not held when there was no step', () => {
    expect(stepsOf().steps.allHeld).toBe(false);
  });

  it('names the step that failed, and passes its error on', async () => {
    const { steps, stdout } = stepsOf();
    await expect(steps.run('broken', () => Promise.reject(new RangeError('no')))).rejects.toThrow(RangeError);
    expect(stdout.text).toBe('✗ broken\n');
    expect(steps.results).toEqual([]);
  });

  it('begins nothing after an interruption', async () => {
    const { steps } = stepsOf(AbortSignal.abort(new RangeError('stop')));
    await expect(steps.run('x', () => expect.unreachable('a step began'))).rejects.toThrow('stop');
  });
});
