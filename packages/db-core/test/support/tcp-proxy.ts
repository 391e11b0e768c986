import { Transform } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

/** Stands between the pool and the server, to break connections where no statement can. */
export interface TcpProxy {
  /** The URL, through the proxy. */
  through(url: string): string;
  /** From now on the server's last words to a statement, "ready for query", arrive late and on their own. */
  delayReadiness(): void;
  /** From now on nothing the server says arrives. */
  silenceServer(): void;
  /** Breaks every connection. */
  cut(): void;
  close(): Promise<void>;
}

export async function startProxy(target: string): Promise<TcpProxy> {
  const { hostname, port } = new URL(target);
  const sockets = new Set<Socket>();
  const upstreams = new Set<Socket>();
  let isReadinessLate = false;
  const server = createServer((client) => {
    const upstream = connect(Number(port), hostname);
    upstreams.add(upstream);
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on('close', () => sockets.delete(socket));
      // Cutting is an error to whoever was talking.
      socket.on('error', () => undefined);
    }
    // A pipe ends with the other side's end, but not with its failure.
    upstream.on('close', () => client.end());
    client.on('close', () => upstream.destroy());
    client.pipe(upstream);
    upstream.pipe(splitReadiness(() => isReadinessLate)).pipe(client);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const own = (server.address() as AddressInfo).port;
  const cut = (): void => {
    for (const socket of sockets) socket.destroy();
  };
  return {
    through(url) {
      const changed = new URL(url);
      changed.hostname = '127.0.0.1';
      changed.port = String(own);
      return changed.href;
    },
    delayReadiness() {
      isReadinessLate = true;
    },
    silenceServer() {
      for (const upstream of upstreams) upstream.unpipe().resume();
    },
    cut,
    async close() {
      cut();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** ReadyForQuery: the letter Z, the message's length, and the transaction's status. */
const READY_SIZE = 6;

function splitReadiness(isLate: () => boolean): Transform {
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      const at = chunk.length - READY_SIZE;
      if (!isLate() || at <= 0 || chunk[at] !== 'Z'.charCodeAt(0)) {
        done(null, chunk);
        return;
      }
      this.push(chunk.subarray(0, at));
      void delay(20).then(() => {
        done(null, chunk.subarray(at));
      });
    },
  });
}
