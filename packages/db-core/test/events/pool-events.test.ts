import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { PoolEventEmitter } from '../../src/events/pool-events.ts';

const events = (): PoolEventEmitter => new PoolEventEmitter();
const closed = {};
let warnings: (Error & { detail?: string })[];
const listen = (warning: Error): void => void warnings.push(warning);

beforeEach(() => {
  warnings = [];
  process.on('warning', listen);
});
afterEach(() => {
  process.off('warning', listen);
});

/** Warnings are emitted on the next tick. */
const warned = (): Promise<void> => new Promise(setImmediate);

describe('PoolEventEmitter.on', () => {
  it('calls every listener of the event with it, and no other', () => {
    const emitter = events();
    const heard: unknown[] = [];
    emitter.on('released', (event) => heard.push(['one', event]));
    emitter.on('released', (event) => heard.push(['two', event]));
    emitter.on('acquired', () => heard.push('another event'));
    const event = { heldMs: 1, isReused: true };
    emitter.emit('released', event);
    expect(heard).toEqual([
      ['one', event],
      ['two', event],
    ]);
  });

  it('answers how to take off that listener, and no other; twice does no harm', () => {
    const emitter = events();
    const heard: string[] = [];
    const off = emitter.on('connectionClosed', () => heard.push('first'));
    emitter.on('connectionClosed', () => heard.push('second'));
    off();
    off();
    emitter.emit('connectionClosed', closed);
    expect(heard).toEqual(['second']);
  });

  it('may be taken off by itself while it is called', () => {
    const emitter = events();
    const heard: string[] = [];
    const off = emitter.on('connectionClosed', () => {
      heard.push('once');
      off();
    });
    emitter.on('connectionClosed', () => heard.push('always'));
    emitter.emit('connectionClosed', closed);
    emitter.emit('connectionClosed', closed);
    expect(heard).toEqual(['once', 'always', 'always']);
  });
});

describe('PoolEventEmitter.emit', () => {
  it("tells a parent's listeners, too, and a parent does not tell its children's", () => {
    const parent = events();
    const child = new PoolEventEmitter(parent);
    const heard: string[] = [];
    parent.on('connectionClosed', () => heard.push('parent'));
    child.on('connectionClosed', () => heard.push('child'));
    child.emit('connectionClosed', closed);
    expect(heard).toEqual(['parent', 'child']);
    parent.emit('connectionClosed', closed);
    expect(heard).toEqual(['parent', 'child', 'parent']);
  });

  it('goes on after a listener that throws, and warns by the name of the event', async () => {
    const emitter = events();
    const error = new RangeError('my mistake');
    const heard: string[] = [];
    emitter.on('circuitChanged', () => {
      throw error;
    });
    emitter.on('circuitChanged', ({ state }) => heard.push(state));
    emitter.emit('circuitChanged', { state: 'open' });
    expect(heard).toEqual(['open']);
    await warned();
    expect(warnings).toHaveLength(1);
    expect(warnings[0]?.name).toBe('PoolListenerWarning');
    expect(warnings[0]?.message).toBe('a listener of the pool\'s event "circuitChanged" threw: my mistake');
    expect(warnings[0]?.detail).toBe(error.stack);
  });

  it('warns of a listener that throws what is no error', async () => {
    const emitter = events();
    emitter.on('connectionClosed', () => {
      // eslint-disable-next-line @typescript-eslint/only-throw-error -- whatever a listener throws
      throw 'text';
    });
    emitter.emit('connectionClosed', closed);
    await warned();
    expect(warnings.map(({ message }) => message)).toEqual([
      'a listener of the pool\'s event "connectionClosed" threw: text',
    ]);
  });

  it('warns of an asynchronous listener that fails, which would end the process', async () => {
    const emitter = events();
    // eslint-disable-next-line @typescript-eslint/no-misused-promises -- nothing keeps anybody from it
    emitter.on('connectionClosed', () => Promise.reject(new RangeError('later')));
    emitter.emit('connectionClosed', closed);
    await warned();
    await warned();
    expect(warnings.map(({ message }) => message)).toEqual([
      'a listener of the pool\'s event "connectionClosed" threw: later',
    ]);
  });
});
