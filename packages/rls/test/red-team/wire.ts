import { createHash, createHmac, pbkdf2Sync, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

/** A message of the server, whole: a driver would keep some of it to itself. */
export interface Message {
  /** The letter that PostgreSQL's documentation gives it. */
  readonly type: string;
  readonly body: Buffer;
}

const PROTOCOL_3 = 196_608;

/** A connection that hands out every message that the server sends: rows, errors, notices, notifications, settings. */
export class Wire {
  readonly #socket: Socket;
  readonly #messages: AsyncIterator<Message, void>;

  private constructor(socket: Socket) {
    this.#socket = socket;
    this.#messages = messagesOf(socket);
  }

  static async open(url: string): Promise<Wire> {
    const { hostname, port, username, password, pathname } = new URL(url);
    const socket = connect({
      host: hostname.replaceAll(/^\[|\]$/g, ''),
      port: Number(port || 5432),
      noDelay: true,
    });
    await once(socket, 'connect');
    const wire = new Wire(socket);
    const [user, database] = [username, pathname.slice(1)].map(decodeURIComponent);
    wire.#write(
      '',
      Buffer.concat([int32(PROTOCOL_3), text(`user\0${String(user)}\0database\0${String(database)}\0`)]),
    );
    await wire.#logIn(decodeURIComponent(password));
    return wire;
  }

  /** Sends SQL, one statement or several, and answers everything that was said until the server is ready again. */
  async send(sql: string): Promise<Message[]> {
    this.#write('Q', text(sql));
    const messages: Message[] = [];
    for (;;) {
      const message = await this.#next();
      // Nothing to copy.
      if (message.type === 'G') this.#write('c', Buffer.alloc(0));
      if (message.type === 'Z') return messages;
      messages.push(message);
    }
  }

  async close(): Promise<void> {
    if (this.#socket.closed) return;
    this.#write('X', Buffer.alloc(0));
    await once(this.#socket, 'close');
  }

  #write(type: string, body: Buffer): void {
    this.#socket.write(Buffer.concat([Buffer.from(type, 'latin1'), int32(4 + body.length), body]));
  }

  async #next(): Promise<Message> {
    const next = await this.#messages.next();
    if (next.done === true) throw new Error('the server has ended the connection');
    return next.value;
  }

  async #logIn(password: string): Promise<void> {
    const scram = new Scram(password);
    for (;;) {
      const { type, body } = await this.#next();
      if (type === 'Z') return;
      if (type === 'E') throw new Error(`the server refuses the login: ${body.toString()}`);
      if (type !== 'R') continue;
      const kind = body.readInt32BE();
      if (kind === 3) this.#write('p', text(password));
      else if (kind === 10) this.#write('p', scram.first());
      else if (kind === 11) this.#write('p', scram.final(body.toString('utf8', 4)));
      else if (kind !== 0 && kind !== 12) throw new Error(`no login of kind ${String(kind)} here`);
    }
  }
}

/** SCRAM-SHA-256, RFC 5802 and 7677, without checking the server's answer. */
class Scram {
  readonly #password: string;
  readonly #bare = `n=,r=${randomBytes(18).toString('base64')}`;

  constructor(password: string) {
    this.#password = password;
  }

  first(): Buffer {
    const message = Buffer.from(`n,,${this.#bare}`);
    return Buffer.concat([text('SCRAM-SHA-256'), int32(message.length), message]);
  }

  final(challenge: string): Buffer {
    const fields = new Map(challenge.split(',').map((field) => [field.slice(0, 1), field.slice(2)]));
    const [r = '', s = '', i = ''] = ['r', 's', 'i'].map((name) => fields.get(name));
    const salted = pbkdf2Sync(this.#password, Buffer.from(s, 'base64'), Number(i), 32, 'sha256');
    const hmac = (key: Buffer, of: string): Buffer => createHmac('sha256', key).update(of).digest();
    const clientKey = hmac(salted, 'Client Key');
    const proven = `c=biws,r=${r}`;
    const signature = hmac(
      createHash('sha256').update(clientKey).digest(),
      `${this.#bare},${challenge},${proven}`,
    );
    const proof = Buffer.from(clientKey.map((byte, at) => byte ^ (signature[at] ?? 0)));
    return Buffer.from(`${proven},p=${proof.toString('base64')}`);
  }
}

async function* messagesOf(socket: Socket): AsyncGenerator<Message, void> {
  let rest = Buffer.alloc(0);
  for await (const chunk of socket as AsyncIterable<Buffer>) {
    rest = Buffer.concat([rest, chunk]);
    while (rest.length >= 5 && rest.length > rest.readInt32BE(1)) {
      const end = 1 + rest.readInt32BE(1);
      yield { type: rest.toString('latin1', 0, 1), body: rest.subarray(5, end) };
      rest = rest.subarray(end);
    }
  }
}

const text = (value: string): Buffer => Buffer.from(`${value}\0`);

function int32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(value);
  return bytes;
}
