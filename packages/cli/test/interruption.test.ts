import { EventEmitter } from 'node:events';
import { describe, expect, it } from 'vitest';
import { abortOnSignals, Interrupted, STOP_SIGNALS, type StopSignal } from '../src/interruption.ts';

/** A process that only notes which signals it sends to whom. */
class SignalledProcess extends EventEmitter<Record<StopSignal, [StopSignal]>> {
  readonly pid = 4711;
  readonly sent: [number, StopSignal][] = [];

  kill(pid: number, signal: StopSignal): void {
    this.sent.push([pid, signal]);
  }

  receive(signal: StopSignal): void {
    this.emit(signal, signal);
  }
}

describe('abortOnSignals', () => {
  it.each(STOP_SIGNALS)(
    'aborts at the first %s, and keeps listening so that nobody ends the process',
    (name) => {
      const process = new SignalledProcess();
      const signal = abortOnSignals(process);
      expect(signal.aborted).toBe(false);
      process.receive(name);
      expect(signal.reason).toEqual(new Interrupted(name));
      expect(process.listenerCount(name)).toBe(1);
      expect(process.sent).toEqual([]);
    },
  );

  it('leaves the process to the second signal', () => {
    const process = new SignalledProcess();
    abortOnSignals(process);
    process.receive('SIGINT');
    process.receive('SIGTERM');
    expect(process.sent).toEqual([[4711, 'SIGTERM']]);
    expect(STOP_SIGNALS.map((name) => process.listenerCount(name))).toEqual([0, 0, 0]);
  });
});
