import { describe, expect, it } from 'vitest';
import { MessageSplitter } from '../../src/chaos/protocol.ts';
import { gssRequest, lettered, query, sslRequest, startup } from './wire-client.ts';

const login = startup(196_608, 'user\0postgres\0\0');
const bytes = (text: string): Buffer => Buffer.from(text);

describe('MessageSplitter', () => {
  it('names what a client says and keeps the text of Query and Parse, and which statement', () => {
    const splitter = new MessageSplitter();
    const chunk = Buffer.concat([
      login,
      query('select ‘ä’'),
      lettered('P', 'statement name\0select $1\0\0\0'),
      lettered('B', '\0statement name\0'),
      lettered('S', ''),
      lettered('X', ''),
    ]);
    expect(splitter.push('client', chunk)).toEqual([
      { from: 'client', type: 'Startup', name: 'StartupMessage' },
      { from: 'client', type: 'Q', name: 'Query', text: 'select ‘ä’' },
      { from: 'client', type: 'P', name: 'Parse', statement: 'statement name', text: 'select $1' },
      { from: 'client', type: 'B', name: 'Bind', statement: 'statement name' },
      { from: 'client', type: 'S', name: 'Sync' },
      { from: 'client', type: 'X', name: 'Terminate' },
    ]);
  });

  it('reads the same letter by who says it', () => {
    const splitter = new MessageSplitter();
    splitter.push('client', login);
    const name = (from: 'client' | 'server', type: string): string | undefined =>
      splitter.push(from, lettered(type, 'x\0'))[0]?.name;
    expect([name('client', 'D'), name('server', 'D')]).toEqual(['Describe', 'DataRow']);
    expect([name('client', 'S'), name('server', 'S')]).toEqual(['Sync', 'ParameterStatus']);
    expect([name('client', 'E'), name('server', 'E')]).toEqual(['Execute', 'ErrorResponse']);
    expect(name('server', '?')).toBe('Unknown');
  });

  it('knows a cancel request', () => {
    const cancel = startup(80_877_102, Buffer.alloc(8));
    expect(new MessageSplitter().push('client', cancel)).toEqual([
      { from: 'client', type: 'Startup', name: 'CancelRequest' },
    ]);
  });

  it('goes on in clear when the server declines encryption, also twice', () => {
    const splitter = new MessageSplitter();
    const declined = [{ from: 'server', type: 'N', name: 'EncryptionResponse' }];
    expect(splitter.push('client', gssRequest)).toMatchObject([{ name: 'GSSENCRequest' }]);
    expect(splitter.push('server', bytes('N'))).toEqual(declined);
    expect(splitter.push('client', sslRequest)).toMatchObject([{ name: 'SSLRequest' }]);
    expect(splitter.push('server', bytes('N'))).toEqual(declined);
    expect(splitter.push('client', login)).toMatchObject([{ name: 'StartupMessage' }]);
    // N is the letter of a notice again.
    expect(splitter.push('server', lettered('N', '\0'))).toMatchObject([{ name: 'NoticeResponse' }]);
  });

  it('goes on when the server does not know the request', () => {
    const splitter = new MessageSplitter();
    splitter.push('client', sslRequest);
    expect(splitter.push('server', lettered('E', 'SERROR\0\0'))).toMatchObject([{ name: 'ErrorResponse' }]);
  });

  it.each(['S', 'G'])('finds nothing more after encryption was accepted with %s', (answer) => {
    const splitter = new MessageSplitter();
    splitter.push('client', sslRequest);
    expect(splitter.push('server', bytes(`${answer}Z\0\0\0\u0005I`))).toMatchObject([
      { type: answer, name: 'EncryptionResponse' },
    ]);
    expect(splitter.push('client', query('select 1'))).toEqual([]);
    expect(splitter.push('server', lettered('Z', 'I'))).toEqual([]);
  });

  it.each([
    ['TLS at once', Buffer.from('1603010200010001fc0303', 'hex')],
    ['HTTP', bytes('GET / HTTP/1.1\r\n\r\n')],
    ['a length that cannot be', Buffer.alloc(8)],
  ])('finds nothing in %s', (_name, chunk) => {
    const splitter = new MessageSplitter();
    expect(splitter.push('client', chunk)).toEqual([]);
    expect(splitter.push('client', login)).toEqual([]);
  });
});
