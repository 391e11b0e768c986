import { Connection } from 'pg';
import type { DatabaseConfig } from '../config.ts';
import { tlsOptions } from '../config/tls-options.ts';

/** Which backend, in the server's own words at the start of the connection. */
export interface BackendKey {
  readonly processId: number;
  readonly secretKey: number;
}

/** The server hangs up when it has passed the request on; nothing else tells. */
const HANG_UP_MS = 2000;

/**
 * Asks the server to cancel what a backend does, by a connection of its own: it works when the pool is full, and
 * through a pooler. Comes back when the request is delivered, or cannot be.
 *
 * @see PostgreSQL's manual, 53.2.8 (canceling requests in progress)
 */
export function requestCancel(
  { host, port, ssl }: Pick<DatabaseConfig, 'host' | 'port' | 'ssl'>,
  { processId, secretKey }: BackendKey,
): Promise<void> {
  const connection = new Connection({ ssl: tlsOptions(ssl) }) as CancelConnection;
  const send = (): void => {
    connection.cancel(processId, secretKey);
  };
  return new Promise((resolve) => {
    const timer = setTimeout(() => connection.stream.destroy(), HANG_UP_MS);
    const finish = (): void => {
      clearTimeout(timer);
      resolve();
    };
    // A request that does not arrive leaves a statement running until its own timeout; there is nobody to tell.
    connection.on('error', finish);
    connection.on('end', finish);
    connection.on('connect', ssl === false ? send : () => connection.requestSsl());
    connection.on('sslconnect', send);
    if (host.startsWith('/')) connection.connect(`${host}/.s.PGSQL.${port}`);
    else connection.connect(port, host);
  });
}

/** node-postgres's own, of which its types know only a part. */
interface CancelConnection extends Connection {
  connect(portOrPath: number | string, host?: string): void;
  requestSsl(): void;
  cancel(processId: number, secretKey: number): void;
}
