import { createHash } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { openInstance } from '../embedded-instance.ts';
import { getScratchFolder } from '../embedded.ts';
import type { PostgresServer } from '../server.ts';
import { withSession } from '../session.ts';
import type { Migrate } from './template-ref.ts';

const madeOf = new WeakMap<PostgresServer, Map<string, Promise<string>>>();

/**
 * Dumps the data directory of a migrated PGlite, once a key; returns the file's path.
 *
 * The migrating instance is a fresh one: what is done in the server's own database does not reach the template.
 */
export function putEmbeddedTemplate(server: PostgresServer, migrate: Migrate, key: string): Promise<string> {
  const made = madeOf.get(server) ?? new Map<string, Promise<string>>();
  madeOf.set(server, made);
  const path = made.get(key) ?? dump(join(getScratchFolder(server), fileName(key)), migrate);
  made.set(key, path);
  path.catch(() => made.delete(key));
  return path;
}

async function dump(path: string, migrate: Migrate): Promise<string> {
  const instance = await openInstance({});
  try {
    await withSession(instance.url, (session) => migrate(session, instance.url));
    await writeFile(path, Buffer.from(await (await instance.dump()).arrayBuffer()));
    return path;
  } finally {
    await instance.close();
  }
}

function fileName(key: string): string {
  return `${createHash('sha256').update(key).digest('hex').slice(0, 16)}.tar`;
}
