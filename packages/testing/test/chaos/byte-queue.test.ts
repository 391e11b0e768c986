import { describe, expect, it } from 'vitest';
import { ByteQueue } from '../../src/chaos/byte-queue.ts';

function queueOf(...chunks: string[]): ByteQueue {
  const queue = new ByteQueue();
  for (const chunk of chunks) queue.push(Buffer.from(chunk));
  return queue;
}

describe('ByteQueue', () => {
  it('gives bytes in order, over the ends of chunks and within them', () => {
    const queue = queueOf('abcd', '', 'ef', 'g');
    expect(['ab', 'c', 'def', 'g'].map(({ length }) => queue.take(length)?.toString())).toEqual([
      'ab',
      'c',
      'def',
      'g',
    ]);
  });

  it('keeps what is only looked at, and gives nothing while there is too little', () => {
    const queue = queueOf('ab', 'c');
    expect(queue.peek(3)?.toString()).toBe('abc');
    expect(queue.peek(4)).toBeUndefined();
    expect(queue.take(4)).toBeUndefined();
    queue.push(Buffer.from('d'));
    expect(queue.take(4)?.toString()).toBe('abcd');
    expect(queue.peek(1)).toBeUndefined();
  });
});
