import { checkServerIdentity, type ConnectionOptions } from 'node:tls';
import type { DatabaseConfig } from '../config.ts';

/**
 * `ssl` as node-postgres takes it. Whatever `servername` is, node-postgres puts the host in its place, so a certificate
 * in another name is compared here.
 */
export function tlsOptions(ssl: DatabaseConfig['ssl']): false | ConnectionOptions {
  if (ssl === false || ssl.servername === undefined) return ssl;
  const { servername } = ssl;
  return {
    ...ssl,
    checkServerIdentity: (_host, certificate) => checkServerIdentity(servername, certificate),
  };
}
