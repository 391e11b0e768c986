import type { Socket } from 'node:net';
import { DelayLine } from './delay-line.ts';
import { MessageSplitter } from './protocol.ts';
import type { WireMessage } from './protocol.ts';

/** What the network between client and server is like at the moment; the same for all connections of a proxy. */
export interface Conditions {
  latencyMs: number;
  isFrozen: boolean;
  isReadinessLate: boolean;
}

/** Bytes and the messages that end in them, or what the other side did with its socket. */
type Parcel = { readonly bytes: Buffer; readonly messages: readonly WireMessage[] } | 'end' | 'close';

/** The two sockets of one connection, and whom to tell what its client says and gets to hear. */
export interface LinkOptions {
  readonly client: Socket;
  /** Both must allow half-open connections, so that the end of one side is passed on as just that. */
  readonly upstream: Socket;
  readonly conditions: Readonly<Conditions>;
  readonly observe: (messages: readonly WireMessage[]) => void;
}

/** ReadyForQuery: the letter Z, the message's length, and the transaction's status. */
const readyBytes = 6;
const readyDelayMs = 20;

/** One connection through a proxy. */
export class Link {
  readonly #client: Socket;
  readonly #upstream: Socket;
  readonly #conditions: Readonly<Conditions>;
  readonly #observe: (messages: readonly WireMessage[]) => void;
  readonly #splitter = new MessageSplitter();
  readonly #toServer: DelayLine<Parcel>;
  readonly #toClient: DelayLine<Parcel>;
  #isSilenced = false;
  #isLoggedIn = false;
  /** How many statements the client has yet to send before it hears the server again. */
  #statementsToCome = 0;
  #patienceMs = 0;
  #patience: NodeJS.Timeout | undefined;

  constructor({ client, upstream, conditions, observe }: LinkOptions) {
    this.#client = client;
    this.#upstream = upstream;
    this.#conditions = conditions;
    this.#observe = observe;
    this.#toServer = new DelayLine(
      (parcel) => {
        pass(parcel, client, upstream);
      },
      () => !conditions.isFrozen,
    );
    this.#toClient = new DelayLine(
      (parcel) => {
        this.#say(parcel);
      },
      () => !conditions.isFrozen && this.#statementsToCome === 0,
    );
    client.on('data', (chunk: Buffer) => {
      this.#onClientData(chunk);
    });
    upstream.on('data', (chunk: Buffer) => {
      this.#onServerData(chunk);
    });
    this.#passEnds(client, this.#toServer);
    this.#passEnds(upstream, this.#toClient);
  }

  /** Acts on changed conditions. */
  adapt(): void {
    // A socket that is not read makes its sender's buffers fill up, as a network does that loses everything.
    for (const [source, destination] of this.#directions()) {
      if (this.#conditions.isFrozen || destination.writableNeedDrain) source.pause();
      else source.resume();
    }
    this.#toServer.flush();
    this.#toClient.flush();
  }

  silenceServer(): void {
    this.#isSilenced = true;
  }

  holdAnswers(statements: number, patienceMs: number): void {
    // A client that is logging in sends no statements until it has heard the server.
    if (!this.#isLoggedIn) return;
    clearTimeout(this.#patience);
    this.#patience = undefined;
    this.#patienceMs = patienceMs;
    this.#statementsToCome = statements;
    this.#toClient.flush();
  }

  cut(): void {
    clearTimeout(this.#patience);
    this.#toServer.clear();
    this.#toClient.clear();
    this.#client.destroy();
    this.#upstream.destroy();
  }

  #directions(): [source: Socket, destination: Socket][] {
    return [
      [this.#client, this.#upstream],
      [this.#upstream, this.#client],
    ];
  }

  #passEnds(source: Socket, line: DelayLine<Parcel>): void {
    source.on('end', () => {
      line.put('end', this.#conditions.latencyMs);
    });
    source.on('close', () => {
      line.put('close', this.#conditions.latencyMs);
    });
    // Followed by `close`, which is passed on.
    source.on('error', () => undefined);
    source.on('drain', () => {
      this.adapt();
    });
  }

  #onClientData(bytes: Buffer): void {
    const messages = this.#splitter.push('client', bytes);
    this.#observe(messages);
    this.#toServer.put({ bytes, messages }, this.#conditions.latencyMs);
    if (this.#statementsToCome === 0) return;
    const statements = messages.filter(({ name }) => name === 'Query' || name === 'Sync').length;
    this.#awaitStatements(Math.max(0, this.#statementsToCome - statements));
  }

  #awaitStatements(statements: number): void {
    this.#statementsToCome = statements;
    if (statements > 0) {
      this.#patience ??= setTimeout(() => {
        this.#awaitStatements(0);
      }, this.#patienceMs).unref();
      return;
    }
    clearTimeout(this.#patience);
    this.#toClient.flush();
  }

  #onServerData(bytes: Buffer): void {
    const { latencyMs, isReadinessLate } = this.#conditions;
    const messages = this.#splitter.push('server', bytes);
    const at = bytes.length - readyBytes;
    if (!isReadinessLate || at <= 0 || messages.at(-1)?.name !== 'ReadyForQuery') {
      this.#toClient.put({ bytes, messages }, latencyMs);
      return;
    }
    this.#toClient.put({ bytes: bytes.subarray(0, at), messages: messages.slice(0, -1) }, latencyMs);
    const ready = { bytes: bytes.subarray(at), messages: messages.slice(-1) };
    this.#toClient.put(ready, latencyMs + readyDelayMs);
  }

  #say(parcel: Parcel): void {
    if (typeof parcel === 'object') {
      if (this.#isSilenced) return;
      this.#observe(parcel.messages);
      this.#isLoggedIn ||= parcel.messages.some(({ name }) => name === 'ReadyForQuery');
    }
    pass(parcel, this.#upstream, this.#client);
  }
}

function pass(parcel: Parcel, source: Socket, destination: Socket): void {
  if (parcel === 'end') destination.end();
  else if (parcel === 'close') destination.destroySoon();
  else if (!destination.write(parcel.bytes)) source.pause();
}
