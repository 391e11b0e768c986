import { createMigration } from '@agent-agency/migrations';
import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { CommandContext } from '../command-context.ts';
import { folderOf, type FolderOption } from './migrate-folder.ts';

/** `agency-db migrate create <name>`; needs no database. */
export async function migrateCreateCommand(
  { terminal }: CommandContext,
  name: string,
  options: FolderOption,
): Promise<void> {
  const created = await createMigration(name, folderOf(options));
  const [up, down] = [fileURLToPath(created.up), fileURLToPath(created.down)];
  for (const file of [up, down]) terminal.print(`created ${shortest(file)}`);
  terminal.printJson({ version: created.version, name: created.name, up, down });
  const same = options.directory === undefined ? '' : ` --directory ${options.directory}`;
  terminal.note(`next: write your own into both, and agency-db migrate verify${same}`);
}

/** As seen from here, unless that leads far away. */
function shortest(file: string): string {
  const path = relative('', file);
  return path.startsWith('..') ? file : path;
}
