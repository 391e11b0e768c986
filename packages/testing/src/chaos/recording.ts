import type { WireMessage } from './protocol.ts';

/** Consecutive messages of one side. */
export interface Flight {
  readonly from: WireMessage['from'];
  readonly messages: readonly WireMessage[];
}

/** A message, and the number of the connection that it was sent on, from 1 in the order in which they were opened. */
export interface RecordedMessage extends WireMessage {
  readonly connection: number;
}

/** What was said on one connection, as its client saw it. */
export interface Conversation {
  readonly connection: number;
  readonly messages: readonly WireMessage[];
  /** The messages grouped: everything that one side said before the other did. */
  flights(): Flight[];
  /**
   * How many times the client waited for the server: how many times it sent something first or after it had
   * received an answer. Notices, notifications and reports of settings answer nothing, and nobody waits for the
   * answer to a `Terminate`.
   *
   * An answer may overtake what the client sends next without having waited for it: `holdAnswers` excludes that.
   */
  roundTrips(): number;
}

/** What was said through a proxy since `record()`, as the clients saw it. */
export interface Recording {
  /** Of all connections, in order. */
  readonly messages: readonly RecordedMessage[];
  /** The connections on which something was said, by the first word. */
  readonly conversations: readonly Conversation[];
  /** Of all connections together. */
  roundTrips(): number;
  /** Ends the recording; what it has stays. */
  stop(): void;
}

/** The writing end of a recording. */
export class Recorder implements Recording {
  readonly #messages: RecordedMessage[] = [];
  readonly #onStop: (recorder: Recorder) => void;

  constructor(onStop: (recorder: Recorder) => void) {
    this.#onStop = onStop;
  }

  add(connection: number, messages: readonly WireMessage[]): void {
    for (const message of messages) this.#messages.push({ connection, ...message });
  }

  get messages(): readonly RecordedMessage[] {
    return this.#messages;
  }

  get conversations(): readonly Conversation[] {
    const byConnection = Map.groupBy(this.#messages, ({ connection }) => connection);
    return [...byConnection].map(([connection, messages]) => ({
      connection,
      messages: messages.map(({ connection: _, ...message }) => message),
      flights: () => flightsOf(messages),
      roundTrips: () => countRoundTrips(messages),
    }));
  }

  roundTrips(): number {
    return this.conversations.reduce((sum, conversation) => sum + conversation.roundTrips(), 0);
  }

  stop(): void {
    this.#onStop(this);
  }
}

/** Groups consecutive messages of one side. */
export function flightsOf(messages: readonly WireMessage[]): Flight[] {
  const flights: { from: WireMessage['from']; messages: WireMessage[] }[] = [];
  for (const message of messages) {
    const current = flights.at(-1);
    if (current?.from === message.from) current.messages.push(message);
    else flights.push({ from: message.from, messages: [message] });
  }
  return flights;
}

const unprompted = new Set(['NoticeResponse', 'NotificationResponse', 'ParameterStatus']);

/** See `Conversation.roundTrips`. */
export function countRoundTrips(messages: readonly WireMessage[]): number {
  const exchanged = messages.filter(({ name }) => name !== 'Terminate' && !unprompted.has(name));
  return flightsOf(exchanged).filter(({ from }) => from === 'client').length;
}
