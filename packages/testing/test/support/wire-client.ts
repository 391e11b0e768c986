import { connect } from 'node:net';
import { once } from 'node:events';
import { onTestFinished } from 'vitest';

/** A PostgreSQL client that prepares statements by the very names it is given. */
export interface WireClient {
  prepare(name: string, sql: string): Promise<Answer>;
  execute(name: string): Promise<Answer>;
}

/** The first value that came back, or the SQLSTATE of the refusal. */
export interface Answer {
  readonly value: string | undefined;
  readonly refusal: string | undefined;
}

const text = (value: string): Buffer => Buffer.from(`${value}\0`);
const zeros = (count: number): Buffer => Buffer.alloc(count);
const sync = message('S');

function message(type: string, ...parts: readonly Buffer[]): Buffer {
  const body = Buffer.concat(parts);
  const length = Buffer.alloc(4);
  length.writeInt32BE(body.length + 4);
  return Buffer.concat([Buffer.from(type), length, body]);
}

/** Logs in without a password; the connection ends with the test. */
export async function openWireClient(url: string): Promise<WireClient> {
  const { hostname, port, username, pathname } = new URL(url);
  const socket = connect(Number(port), hostname);
  onTestFinished(() => void socket.destroy());
  await once(socket, 'connect');
  const ask = async (...messages: readonly Buffer[]): Promise<Answer> => {
    socket.write(Buffer.concat(messages));
    let received = Buffer.alloc(0);
    for (;;) {
      const answer = readAnswer(received);
      if (answer !== undefined) return answer;
      const [chunk] = (await once(socket, 'data')) as [Buffer];
      received = Buffer.concat([received, chunk]);
    }
  };
  const version = Buffer.from([0, 3, 0, 0]);
  const login = ['user', username, 'database', pathname.slice(1), ''].map(text);
  await ask(message('', version, ...login));
  return {
    prepare: (name, sql) => ask(message('P', text(name), text(sql), zeros(2)), sync),
    execute: (name) =>
      ask(message('B', text(''), text(name), zeros(6)), message('E', text(''), zeros(4)), sync),
  };
}

/** Reads up to ReadyForQuery; undefined when that has not come yet. */
function readAnswer(received: Buffer): Answer | undefined {
  let value: string | undefined;
  let refusal: string | undefined;
  for (let at = 0; at + 5 <= received.length; at += 1 + received.readInt32BE(at + 1)) {
    const type = String.fromCharCode(received.readUInt8(at));
    const body = received.subarray(at + 5, at + 1 + received.readInt32BE(at + 1));
    if (type === 'Z') return { value, refusal };
    if (type === 'D') value = body.subarray(6).toString();
    if (type === 'E') refusal = /\0C(\w{5})\0/.exec(body.toString('latin1'))?.[1];
  }
  return undefined;
}
