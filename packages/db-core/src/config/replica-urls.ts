import type { z } from 'zod';
import { problemsOf, Replica } from '../config.ts';
import { parseDatabaseUrl } from './database-url.ts';
import { type Form, sslFrom } from './forms.ts';
import { Problems, Unacceptable } from './problems.ts';

/** `DB_REPLICA_URLS`: a comma in a URL is written %2C. */
export const REPLICA_URLS: Form = { takes: 'URLs with commas between them', read: readReplicaUrls };

function readReplicaUrls(text: string): unknown {
  const problems = new Problems();
  const replicas = text
    .split(',')
    .map((url, index) => problems.attempt(`(URL ${index + 1})`, () => readReplica(url.trim())));
  problems.assertNone();
  return replicas;
}

function readReplica(url: string): z.output<typeof Replica> {
  const said = parseDatabaseUrl(url);
  if (said.has('applicationName') || said.has('connectionTimeoutMs')) {
    throw new Unacceptable(
      'has application_name or connect_timeout, which every server shares: leave it out',
    );
  }
  const { ssl, 'ssl.ca': ca, ...address } = Object.fromEntries(said);
  const parsed = Replica.safeParse({ ...address, ssl: sslFrom(ssl, ca) });
  if (parsed.success) return parsed.data;
  throw new Unacceptable(...problemsOf(parsed.error));
}
