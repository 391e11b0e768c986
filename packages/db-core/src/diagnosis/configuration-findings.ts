import { defaults } from 'pg';
import type { DatabaseConfig } from '../config.ts';
import { isSocket } from '../config/address.ts';
import type { DiagnosisContext } from './diagnosis-context.ts';
import type { Finding } from './finding.ts';

/** What is wrong before anybody has asked the server. */
export function configurationFindings({ config }: DiagnosisContext): Finding[] {
  return [
    ...tlsFindings(config),
    ...queryTimeoutFindings(defaults.query_timeout),
    ...statementTimeoutFindings(config),
  ];
}

/** Whether an address never leaves this machine: a name for it, its addresses, or a Unix socket. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127(?:\.\d{1,3}){3}$/.test(host) || isSocket(host);
}

function tlsFindings({ host, ssl, replicas }: DatabaseConfig): Finding[] {
  const distant = [
    { name: 'the primary', host, ssl },
    ...replicas.map((replica, at) => ({ name: `replica ${at + 1}`, host: replica.host, ssl: replica.ssl })),
  ].filter((server) => !isLoopback(server.host));
  const open = distant.filter((server) => server.ssl === false);
  const unverified = distant.filter((server) => server.ssl !== false && !server.ssl.rejectUnauthorized);
  return [
    ...(open.length === 0 ? [] : [tlsOff(namesOf(open))]),
    ...(unverified.length === 0 ? [] : [tlsUnverified(namesOf(unverified))]),
  ];
}

function namesOf(servers: readonly { readonly name: string }[]): string {
  return servers.map(({ name }) => name).join(', ');
}

function tlsOff(servers: string): Finding {
  return {
    code: 'TLS_OFF',
    severity: 'warning',
    title: `connections to another machine are not encrypted: ${servers}`,
    detail: 'Whoever is on the way reads the rows and the signed tenant contexts, and can change statements.',
    remedy: 'set DB_SSL=true, or sslmode=verify-full in the URL',
  };
}

function tlsUnverified(servers: string): Finding {
  return {
    code: 'TLS_UNVERIFIED',
    severity: 'warning',
    title: `connections to another machine do not verify who answers: ${servers}`,
    detail: 'Whoever is on the way can answer in its place, and reads what is encrypted for them.',
    remedy:
      'set DB_SSL=true, or sslmode=verify-full in the URL, and DB_SSL_ROOT_CERT where the authority is your own',
  };
}

/** Older types of node-postgres say number, its code says false: both are what somebody may have set. */
function queryTimeoutFindings(timeoutMs: number | false | undefined): Finding[] {
  if (timeoutMs === undefined || timeoutMs === false || timeoutMs === 0) return [];
  return [
    {
      code: 'UNSAFE_QUERY_TIMEOUT',
      severity: 'error',
      title: 'node-postgres gives up on statements that the server goes on with',
      detail: `pg.defaults.query_timeout is ${timeoutMs} ms: a statement is reported as failed, and may still happen.`,
      remedy:
        'do not set pg.defaults.query_timeout; DB_STATEMENT_TIMEOUT_MS lets the server end the statement',
    },
  ];
}

function statementTimeoutFindings({ statementTimeoutMs }: DatabaseConfig): Finding[] {
  if (statementTimeoutMs > 0) return [];
  return [
    {
      code: 'STATEMENT_TIMEOUT_OFF',
      severity: 'warning',
      title: 'a statement may run for ever',
      detail: 'The statement timeout is 0. One statement that does not end keeps a connection of the pool.',
      remedy: 'set DB_STATEMENT_TIMEOUT_MS; a single transaction that needs longer can ask for it',
    },
  ];
}
