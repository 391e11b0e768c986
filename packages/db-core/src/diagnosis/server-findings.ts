import type { DiagnosisContext } from './diagnosis-context.ts';
import { isLoopback } from './configuration-findings.ts';
import type { Finding } from './finding.ts';
import type { ServerFacts } from './server-facts.ts';

/** What is wrong with the server, with the database as a whole, and with how they fit the configuration. */
export function serverFindings(
  facts: ServerFacts,
  { config, isPooled = false }: DiagnosisContext,
): Finding[] {
  return [
    ...readOnlyFindings(facts),
    ...durabilityFindings(facts, config.host),
    ...encodingFindings(facts),
    ...collationFindings(facts),
    // Behind a pooler the server lends to it, and not to us.
    ...(isPooled ? [] : connectionFindings(facts, config.max)),
  ];
}

function readOnlyFindings(facts: ServerFacts): Finding[] {
  if (!facts.is_standby && facts.default_transaction_read_only === 'off') return [];
  return [
    {
      code: 'SERVER_READ_ONLY',
      severity: 'error',
      title: 'the primary takes no writes',
      detail: facts.is_standby
        ? 'It is a standby, which follows another server.'
        : 'default_transaction_read_only is on for this login, database or server.',
      remedy: facts.is_standby
        ? 'point DATABASE_URL to the primary, and DB_REPLICA_URLS to its standbys'
        : 'reset default_transaction_read_only where it is set: alter role, alter database or postgresql.conf',
    },
  ];
}

/** `synchronous_commit = off` loses the last commits, the others damage what was there before them. */
function durabilityFindings(facts: ServerFacts, host: string): Finding[] {
  const damaging = (['fsync', 'full_page_writes'] as const).filter((name) => facts[name] === 'off');
  const losing = facts.synchronous_commit === 'off' ? ['synchronous_commit'] : [];
  if (damaging.length + losing.length === 0) return [];
  return [
    {
      code: 'DURABILITY_OFF',
      // On this machine it is most likely a server for development, whose data nobody misses.
      severity: isLoopback(host) ? 'info' : damaging.length > 0 ? 'error' : 'warning',
      title:
        damaging.length > 0 ? 'a crash can destroy the database' : 'a crash loses what was just committed',
      detail: `Off: ${[...damaging, ...losing].join(', ')}.`,
      remedy: 'switch them on, unless the data may be lost',
      docs: 'https://www.postgresql.org/docs/current/runtime-config-wal.html',
    },
  ];
}

function encodingFindings({ encoding }: ServerFacts): Finding[] {
  if (encoding === 'UTF8') return [];
  return [
    {
      code: 'ENCODING_NOT_UTF8',
      severity: 'error',
      title: `the database stores ${encoding}`,
      detail: 'Signatures and hashes are over UTF-8, and names are of any language.',
      remedy: "create the database anew: create database … template template0 encoding 'UTF8'",
    },
  ];
}

function collationFindings(facts: ServerFacts): Finding[] {
  const { collation_version: then, actual_collation_version: now } = facts;
  if (then === null || now === null || then === now) return [];
  return [
    {
      code: 'COLLATION_CHANGED',
      severity: 'error',
      title: 'text is sorted by other rules than when its indexes were built',
      detail: `The collation was version ${then} and is ${now}: indexes on text miss rows and let duplicates in.`,
      remedy: 'reindex database, then `alter database … refresh collation version`',
      docs: 'https://www.postgresql.org/docs/current/sql-altercollation.html',
    },
  ];
}

function connectionFindings(facts: ServerFacts, max: number): Finding[] {
  const limits = [
    { name: 'the server (max_connections without the reserved ones)', limit: facts.server_connections },
    { name: 'this login (connection limit of the role)', limit: facts.login_connections },
    { name: 'this database (connection limit)', limit: facts.database_connections },
  ].filter(({ limit }) => limit >= 0 && limit < max);
  if (limits.length === 0) return [];
  return [
    {
      code: 'MAX_CONNECTIONS_TOO_LOW',
      severity: 'error',
      title: `the pool may open ${max} connections, and the server refuses some of them`,
      detail: limits.map(({ name, limit }) => `${name} allows ${limit}`).join('\n'),
      remedy: 'lower DB_POOL_MAX, so that the pools of all processes together fit, or raise the limit',
    },
  ];
}
