import { ByteQueue } from './byte-queue.ts';
import { nameOf, nameOfStartup } from './message-names.ts';
import type { Side } from './message-names.ts';

/** A message of PostgreSQL's protocol, version 3. */
export interface WireMessage {
  readonly from: Side;
  /** Its letter, or `Startup` for what a client says before the first letter. */
  readonly type: string;
  /** As PostgreSQL's documentation calls it: `Query`, `Bind`, `ReadyForQuery`, `CancelRequest`, … */
  readonly name: string;
  /** The SQL of a `Query` or `Parse`. */
  readonly text?: string;
  /** The name of a `Parse`'s or `Bind`'s statement. Of nothing else is the content kept. */
  readonly statement?: string;
}

/** A server refuses a longer one; it is TLS, or another protocol. */
const maxStartupBytes = 10_000;

/**
 * Finds the messages in what the two sides of one connection say, however it is cut into chunks.
 *
 * What is not the protocol (TLS after an accepted `SSLRequest`, or at once) has no messages.
 * @see https://www.postgresql.org/docs/17/protocol-message-formats.html
 */
export class MessageSplitter {
  readonly #bytes = { client: new ByteQueue(), server: new ByteQueue() };
  #hasStarted = false;
  /** Requests for encryption that the server has not answered; it does so with a bare byte. */
  #unansweredRequests = 0;
  #isOpaque = false;

  /** The messages that end in this chunk. */
  push(from: Side, chunk: Buffer): WireMessage[] {
    if (this.#isOpaque) return [];
    this.#bytes[from].push(chunk);
    const messages: WireMessage[] = [];
    for (let message = this.#next(from); message !== undefined; message = this.#next(from)) {
      messages.push(message);
    }
    return messages;
  }

  #next(from: Side): WireMessage | undefined {
    if (this.#isOpaque) return undefined;
    if (from === 'client') return this.#hasStarted ? this.#nextLettered('client') : this.#nextStartup();
    return this.#unansweredRequests > 0 ? this.#nextEncryptionAnswer() : this.#nextLettered('server');
  }

  #nextStartup(): WireMessage | undefined {
    const bytes = this.#bytes.client;
    const length = bytes.peek(4)?.readUInt32BE();
    if (length === undefined || this.#findsOtherProtocol(length < 8 || length > maxStartupBytes))
      return undefined;
    const packet = bytes.take(length);
    if (packet === undefined) return undefined;
    const name = nameOfStartup(packet.readUInt32BE(4));
    if (name === 'StartupMessage') this.#hasStarted = true;
    else if (name !== 'CancelRequest') this.#unansweredRequests += 1;
    return { from: 'client', type: 'Startup', name };
  }

  #nextEncryptionAnswer(): WireMessage | undefined {
    const type = this.#bytes.server.peek(1)?.toString('latin1');
    if (type === undefined) return undefined;
    this.#unansweredRequests -= 1;
    // A server that does not know the request answers with a whole ErrorResponse.
    if (type === 'E') return this.#nextLettered('server');
    this.#bytes.server.take(1);
    this.#isOpaque = type !== 'N';
    return { from: 'server', type, name: 'EncryptionResponse' };
  }

  #nextLettered(from: Side): WireMessage | undefined {
    const bytes = this.#bytes[from];
    const header = bytes.peek(5);
    if (header === undefined) return undefined;
    const type = header.toString('latin1', 0, 1);
    const length = header.readUInt32BE(1);
    if (this.#findsOtherProtocol(length < 4)) return undefined;
    const packet = bytes.take(1 + length);
    if (packet === undefined) return undefined;
    const message = { from, type, name: nameOf(from, type) };
    if (message.name === 'Query') return { ...message, text: stringsOf(packet)[0] ?? '' };
    const [first = '', second = ''] = stringsOf(packet);
    if (message.name === 'Parse') return { ...message, statement: first, text: second };
    // Of a Bind, the portal's name comes first.
    if (message.name === 'Bind') return { ...message, statement: second };
    return message;
  }

  #findsOtherProtocol(isOther: boolean): boolean {
    this.#isOpaque = isOther;
    return isOther;
  }
}

/** The zero-terminated texts that a message begins with. */
function stringsOf(packet: Buffer): string[] {
  return packet.toString('utf8', 5).split('\0', 2);
}
