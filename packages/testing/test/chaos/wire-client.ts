import { connect } from 'node:net';
import type { Socket } from 'node:net';
import { onTestFinished } from 'vitest';
import { MessageSplitter } from '../../src/chaos/protocol.ts';

/** A client that says and hears single messages. */
export interface WireClient {
  readonly socket: Socket;
  /** The names of the messages that it has heard. */
  readonly heard: readonly string[];
  /** Resolves when it has heard so many messages of a name. */
  hears(name: string, times?: number): Promise<void>;
  /** Resolves when the other side has ended the connection. */
  readonly ended: Promise<void>;
  readonly hasEnded: boolean;
}

/** Connects to a port of 127.0.0.1; the connection is broken when the test is over. */
export async function connectWire(port: number): Promise<WireClient> {
  const socket = connect(port, '127.0.0.1').setNoDelay(true);
  onTestFinished(() => void socket.destroy());
  const splitter = new MessageSplitter();
  const heard: string[] = [];
  const { promise: ended, resolve: end } = Promise.withResolvers<undefined>();
  let hasEnded = false;
  socket.on('close', () => {
    hasEnded = true;
    end(undefined);
  });
  socket.on('end', () => {
    hasEnded = true;
    end(undefined);
  });
  socket.on('data', (chunk: Buffer) => {
    for (const { name } of splitter.push('server', chunk)) heard.push(name);
  });
  await new Promise<void>((resolve, reject) => {
    socket.once('connect', resolve).once('error', reject);
  });
  socket.on('error', () => undefined);
  return {
    socket,
    heard,
    ended,
    get hasEnded() {
      return hasEnded;
    },
    async hears(name, times = 1) {
      const isHeard = (): boolean => heard.filter((other) => other === name).length >= times;
      for (; !isHeard() && !hasEnded;) {
        await Promise.race([new Promise((resolve) => socket.once('data', resolve)), ended]);
      }
      if (!isHeard()) throw new Error(`the connection ended before ${name} came; heard: ${heard.join(', ')}`);
    },
  };
}

/** A client that has logged in as `postgres`, which the server trusts. */
export async function logIn(port: number): Promise<WireClient> {
  const client = await connectWire(port);
  client.socket.write(startup(196_608, 'user\0postgres\0database\0postgres\0\0'));
  await client.hears('ReadyForQuery');
  return client;
}

/** A message that begins with its letter. */
export function lettered(type: string, body: string | Buffer): Buffer {
  const content = Buffer.from(body);
  const header = Buffer.alloc(5);
  header.write(type, 'latin1');
  header.writeUInt32BE(4 + content.length, 1);
  return Buffer.concat([header, content]);
}

/** A message of those that come before the first letter. */
export function startup(code: number, body: string | Buffer = ''): Buffer {
  const content = Buffer.from(body);
  const header = Buffer.alloc(8);
  header.writeUInt32BE(8 + content.length);
  header.writeUInt32BE(code, 4);
  return Buffer.concat([header, content]);
}

export function query(text: string): Buffer {
  return lettered('Q', `${text}\0`);
}

export const sslRequest = startup(80_877_103);
export const gssRequest = startup(80_877_104);
