import type { PostgresServer } from '../server.ts';
import { putEmbeddedTemplate } from './embedded-template.ts';
import { putServerTemplate } from './server-template.ts';
import type { Migrate, TemplateRef } from './template-ref.ts';

/**
 * Makes a migrated database to clone for each test file, or finds the one that an earlier caller made.
 *
 * `key` stands for what `migrate` does (a hash of the migrations): the same key on the same server means the same
 * template, whoever asks, and `migrate` is not called again.
 * @throws whatever `migrate` throws; then there is no template
 * @example
 * const template = await createTemplate(server, async (session) => {
 *   await session.query('create extension vector; create table note (body text)');
 * }, 'notes-1');
 */
export async function createTemplate(
  server: PostgresServer,
  migrate: Migrate,
  key: string,
): Promise<TemplateRef> {
  const { kind, url } = server;
  return kind === 'pglite'
    ? { kind, dumpPath: await putEmbeddedTemplate(server, migrate, key) }
    : { kind, serverUrl: url, database: await putServerTemplate(url, migrate, key) };
}
