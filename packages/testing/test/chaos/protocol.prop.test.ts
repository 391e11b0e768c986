import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MessageSplitter } from '../../src/chaos/protocol.ts';
import type { WireMessage } from '../../src/chaos/protocol.ts';
import { gssRequest, lettered, sslRequest, startup } from './wire-client.ts';

/** A message and its bytes. */
type Said = readonly [message: WireMessage, bytes: Buffer];

const text = fc.string({ unit: 'grapheme' }).filter((string) => !string.includes('\0'));
const body = fc.uint8Array({ maxLength: 40 }).map((array) => Buffer.from(array));

const clientMessages = fc.oneof(
  text.map((sql): Said => [
    { from: 'client', type: 'Q', name: 'Query', text: sql },
    lettered('Q', `${sql}\0`),
  ]),
  fc
    .tuple(text, text, body)
    .map(([name, sql, types]): Said => [
      { from: 'client', type: 'P', name: 'Parse', statement: name, text: sql },
      lettered('P', Buffer.concat([Buffer.from(`${name}\0${sql}\0`), types])),
    ]),
  fc
    .tuple(text, text, body)
    .map(([portal, statement, values]): Said => [
      { from: 'client', type: 'B', name: 'Bind', statement },
      lettered('B', Buffer.concat([Buffer.from(`${portal}\0${statement}\0`), values])),
    ]),
  fc
    .tuple(fc.constantFrom(['S', 'Sync'], ['d', 'CopyData'] as const), body)
    .map(([[type = '', name = ''], content]): Said => [
      { from: 'client', type, name },
      lettered(type, content),
    ]),
);

const serverMessages = fc
  .tuple(fc.constantFrom(['D', 'DataRow'], ['Z', 'ReadyForQuery'], ['N', 'NoticeResponse'] as const), body)
  .map(([[type = '', name = ''], content]): Said => [
    { from: 'server', type, name },
    lettered(type, content),
  ]);

/** What both sides say until the server has declined encryption as often as it was asked. */
const openings = fc
  .array(fc.constantFrom(['SSLRequest', sslRequest], ['GSSENCRequest', gssRequest] as const))
  .map((requests) => ({
    client: [
      ...requests.map(([name, bytes]): Said => [{ from: 'client', type: 'Startup', name }, bytes]),
      [
        { from: 'client', type: 'Startup', name: 'StartupMessage' },
        startup(196_608, 'user\0postgres\0\0'),
      ] as Said,
    ],
    server: requests.map((): Said => [
      { from: 'server', type: 'N', name: 'EncryptionResponse' },
      Buffer.from('N'),
    ]),
  }));

/** Cuts bytes into chunks whose sizes are drawn again and again from the given ones. */
function cut(bytes: Buffer, sizes: readonly number[]): Buffer[] {
  const chunks: Buffer[] = [];
  for (let at = 0; at < bytes.length;) {
    const size = sizes[chunks.length % sizes.length] ?? 1;
    chunks.push(bytes.subarray(at, at + size));
    at += size;
  }
  return chunks;
}

describe('MessageSplitter', () => {
  it('finds the same messages however the bytes are cut', () => {
    const sizes = fc.array(fc.integer({ min: 1, max: 30 }), { minLength: 1 });
    fc.assert(
      fc.property(
        openings,
        fc.array(clientMessages),
        fc.array(serverMessages),
        sizes,
        (opening, client, server, chunkSizes) => {
          const splitter = new MessageSplitter();
          for (const [from, said] of [
            ['client', [...opening.client, ...client]],
            ['server', [...opening.server, ...server]],
          ] as const) {
            const bytes = Buffer.concat(said.map(([, encoded]) => encoded));
            const found = cut(bytes, chunkSizes).flatMap((chunk) => splitter.push(from, chunk));
            expect(found).toEqual(said.map(([message]) => message));
          }
        },
      ),
    );
  });

  it('ends a message in the chunk that has its last byte', () => {
    fc.assert(
      fc.property(fc.array(serverMessages, { minLength: 1 }), (said) => {
        const splitter = new MessageSplitter();
        for (const [message, bytes] of said) {
          expect(splitter.push('server', bytes.subarray(0, -1))).toEqual([]);
          expect(splitter.push('server', bytes.subarray(-1))).toEqual([message]);
        }
      }),
    );
  });
});
