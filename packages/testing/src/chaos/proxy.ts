import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import type { AddressInfo, Server, Socket } from 'node:net';
import { parseDatabaseUrl } from '../database-url.ts';
import { TestingError } from '../errors.ts';
import { Link } from './link.ts';
import type { Conditions } from './link.ts';
import { Recorder } from './recording.ts';
import type { Recording } from './recording.ts';

/** Where a proxy leads. */
export interface ProxyTarget {
  readonly host: string;
  readonly port: number;
}

/** What a proxy is like from the start. */
export interface ProxyOptions {
  /** How long everything takes in either direction, so half of a round trip; 0 unless given. */
  readonly latencyMs?: number;
}

/**
 * Starts a proxy in front of a server, on a free port of 127.0.0.1.
 *
 * @throws TestingError `DATABASE_URL_INVALID`
 * @example
 * const proxy = await startProxy(server.url, { latencyMs: 2 });
 * const session = await connect(proxy.through(server.url));
 * const recording = proxy.record();
 * await session.query('select 1'); // takes at least 4 ms
 * recording.roundTrips(); // 1
 * await session.close();
 * await proxy.close();
 */
export async function startProxy(
  target: string | ProxyTarget,
  { latencyMs = 0 }: ProxyOptions = {},
): Promise<PostgresProxy> {
  const proxy = new PostgresProxy(typeof target === 'string' ? targetOf(target) : target);
  proxy.setLatency(latencyMs);
  await proxy.accept();
  return proxy;
}

/**
 * Stands between clients and a PostgreSQL, to do what networks do and to hear what is said.
 *
 * What it does with messages (`delayReadiness`, `holdAnswers`, `record`) it cannot do inside TLS.
 */
export class PostgresProxy {
  readonly #target: ProxyTarget;
  readonly #conditions: Conditions = { latencyMs: 0, isFrozen: false, isReadinessLate: false };
  readonly #links = new Set<Link>();
  /** Clients that came while nothing passed. */
  #unanswered: Socket[] = [];
  readonly #recorders = new Set<Recorder>();
  #opened = 0;
  #listener: Server | undefined;
  #port = 0;

  constructor(target: ProxyTarget) {
    this.#target = target;
  }

  get port(): number {
    return this.#port;
  }

  /** The URL, through the proxy. */
  through(url: string): string {
    const changed = parseDatabaseUrl(url);
    changed.hostname = '127.0.0.1';
    changed.port = String(this.#port);
    return changed.href;
  }

  /** From now on everything, on open connections too, takes this long in either direction. */
  setLatency(latencyMs: number): void {
    if (!(latencyMs >= 0 && latencyMs < Infinity)) {
      throw new RangeError(`a latency is 0 ms or more and not ${latencyMs}`);
    }
    this.#conditions.latencyMs = latencyMs;
  }

  /**
   * From now on nothing passes in either direction and nothing is closed, as when a cable is pulled; new connections
   * are established, but nobody answers them.
   */
  freeze(): void {
    this.#conditions.isFrozen = true;
    for (const link of this.#links) link.adapt();
  }

  /** What `freeze` held up goes on, also the ends of connections. */
  thaw(): void {
    this.#conditions.isFrozen = false;
    for (const link of this.#links) link.adapt();
    for (const client of this.#unanswered.splice(0)) if (!client.destroyed) this.#open(client);
  }

  /** From now on new connections are refused; open ones stay. */
  refuse(): void {
    this.#listener?.close();
    this.#listener = undefined;
  }

  /**
   * New connections are accepted again, on the same port.
   *
   * @throws TestingError `PORT_IN_USE` when somebody has taken it meanwhile
   */
  async accept(): Promise<void> {
    if (this.#listener !== undefined) return;
    // PostgreSQL and its drivers send small messages at once; Nagle's algorithm would add latency nobody asked for.
    const listener = createServer({ allowHalfOpen: true, noDelay: true }, (client) => {
      if (this.#conditions.isFrozen) this.#keepWaiting(client);
      else this.#open(client);
    });
    this.#listener = listener.listen(this.#port, '127.0.0.1');
    try {
      await once(listener, 'listening');
    } catch (error) {
      this.#listener = undefined;
      throw new TestingError('PORT_IN_USE', `port ${this.#port} of 127.0.0.1 is taken`, { cause: error });
    }
    this.#port = (listener.address() as AddressInfo).port;
  }

  /** From now on the server's last words to a statement, "ready for query", arrive late and on their own. */
  delayReadiness(): void {
    this.#conditions.isReadinessLate = true;
  }

  /** From now on nothing that the server says on the connections open now arrives: it is lost. */
  silenceServer(): void {
    for (const link of this.#links) link.silenceServer();
  }

  /**
   * On each connection open now, answers are held back until its client has sent this many statements (`Query` or
   * `Sync` messages), once. So a client that sends them without waiting for answers is certain to be recorded that
   * way, however fast the server is. One that does wait gets its answers `patienceMs` after it began (5000 unless
   * given), and is recorded that way.
   */
  holdAnswers(statements: number, patienceMs = 5000): void {
    for (const link of this.#links) link.holdAnswers(statements, patienceMs);
  }

  /** Records what is said from now on. */
  record(): Recording {
    const recorder = new Recorder((stopped) => this.#recorders.delete(stopped));
    this.#recorders.add(recorder);
    return recorder;
  }

  /** Breaks every connection. */
  cut(): void {
    for (const link of this.#links) link.cut();
    for (const client of this.#unanswered.splice(0)) client.destroy();
  }

  /** Breaks every connection and ends the proxy. May be called twice. */
  async close(): Promise<void> {
    const listener = this.#listener;
    this.refuse();
    this.cut();
    if (listener !== undefined) await once(listener, 'close');
  }

  #keepWaiting(client: Socket): void {
    client.on('error', () => undefined);
    this.#unanswered.push(client);
  }

  #open(client: Socket): void {
    const upstream = connect({ ...this.#target, allowHalfOpen: true, noDelay: true });
    this.#opened += 1;
    const connection = this.#opened;
    const link = new Link({
      client,
      upstream,
      conditions: this.#conditions,
      observe: (messages) => {
        for (const recorder of this.#recorders) recorder.add(connection, messages);
      },
    });
    this.#links.add(link);
    const forgetWhenOver = (): void => {
      if (client.closed && upstream.closed) this.#links.delete(link);
    };
    client.on('close', forgetWhenOver);
    upstream.on('close', forgetWhenOver);
  }
}

function targetOf(url: string): ProxyTarget {
  const { hostname, port } = parseDatabaseUrl(url);
  // An IPv6 address stands in brackets in a URL and nowhere else.
  return { host: hostname.replaceAll(/^\[|\]$/g, ''), port: port === '' ? 5432 : Number(port) };
}
