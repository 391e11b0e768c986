import { once } from 'node:events';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { TLSSocket } from 'node:tls';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseConfig, type DatabaseConfigInput } from '../../src/index.ts';
import { tlsOptions } from '../../src/config/tls-options.ts';
import { CERTIFICATE, KEY } from './server-certificate.ts';

let server: Server;

/** Agrees to TLS as PostgreSQL does, and hangs up on the start-up message that follows. */
beforeAll(async () => {
  server = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.once('data', () => {
      socket.write('S');
      const secure = new TLSSocket(socket, { isServer: true, cert: CERTIFICATE, key: KEY });
      secure.on('error', () => undefined);
      secure.once('data', () => secure.end());
    });
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
});
afterAll(() => new Promise((resolve) => server.close(resolve)));

/** What connecting ends with; `Connection terminated unexpectedly` is the other side of a handshake. */
async function outcomeOf(host: string, ssl: Exclude<DatabaseConfigInput['ssl'], undefined>): Promise<string> {
  const { port } = server.address() as AddressInfo;
  const client = new pg.Client({
    host,
    port,
    user: 'u',
    database: 'd',
    ssl: tlsOptions(parseConfig({ ssl }).ssl),
  });
  client.on('error', () => undefined);
  const error: unknown = await client.connect().catch((reason: unknown) => reason);
  await client.end().catch(() => undefined);
  if (!(error instanceof Error)) return 'connected';
  return 'code' in error ? String(error.code) : error.message;
}

describe.each(['localhost', '127.0.0.1'])('tlsOptions, with host %s', (host) => {
  it('compares the certificate with servername', async () => {
    const ssl = { rejectUnauthorized: true, ca: CERTIFICATE };
    expect(await outcomeOf(host, ssl)).toBe('ERR_TLS_CERT_ALTNAME_INVALID');
    expect(await outcomeOf(host, { ...ssl, servername: 'other' })).toBe('ERR_TLS_CERT_ALTNAME_INVALID');
    expect(await outcomeOf(host, { ...ssl, servername: 'db.internal' })).toMatch(/^Connection terminated/);
  });

  it('trusts only ca, unless told to trust anybody', async () => {
    expect(await outcomeOf(host, { rejectUnauthorized: true, servername: 'db.internal' })).toBe(
      'DEPTH_ZERO_SELF_SIGNED_CERT',
    );
    expect(await outcomeOf(host, { rejectUnauthorized: false })).toMatch(/^Connection terminated/);
  });
});
