import { countFindings, describeFindings, describeRule, rulePart } from '@agent-agency/findings';
import type { Finding } from '@agent-agency/migration-lint';
import { migrationsDirectory } from '@agent-agency/migrations';
import { existsSync } from 'node:fs';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { CommandContext } from '../command-context.ts';
import { ExitCode } from '../exit-codes.ts';
import { UsageError } from '../failure.ts';
import { folderOf, type FolderOption } from './migrate-folder.ts';

export interface LintCommandOptions extends FolderOption {
  readonly sarif?: boolean;
  readonly listRules?: boolean;
}

/** A folder, and which of its migrations are asked for; all without names. */
interface Selection {
  readonly folder: string;
  readonly only?: readonly string[];
}

/** `agency-db migrate lint [files…]`; needs no database. */
export async function migrateLintCommand(
  { terminal }: CommandContext,
  files: readonly string[],
  options: LintCommandOptions,
): Promise<ExitCode> {
  // The parser is a megabyte of WebAssembly, which no other command needs.
  const lint = await import('@agent-agency/migration-lint');
  if (options.listRules === true) {
    for (const rule of lint.rules) for (const line of describeRule(rule)) terminal.print(line);
    terminal.printJson({ rules: lint.rules.map(rulePart) });
    return ExitCode.ok;
  }
  const findings: Finding[] = [];
  for (const { folder, only } of selectionsOf(files, options)) {
    const migrations = await lint.readMigrationFolder(pathToFileURL(`${folder}/`));
    const found = await lint.lintMigrations(migrations, only && { only });
    findings.push(...found.map((finding) => ({ ...finding, file: shortest(join(folder, finding.file)) })));
  }
  const counts = countFindings(findings);
  if (options.sarif === true) {
    const sarif = lint.toSarif(findings);
    terminal.print(JSON.stringify(sarif));
    terminal.printJson(sarif);
  } else {
    for (const line of describeFindings(findings, lint.places)) terminal.print(line);
    terminal.printJson({ ...counts, findings });
  }
  return counts.errors === 0 ? ExitCode.ok : ExitCode.checkFailed;
}

function selectionsOf(files: readonly string[], options: LintCommandOptions): Selection[] {
  if (files.length === 0)
    return [{ folder: fileURLToPath(folderOf(options).directory ?? migrationsDirectory) }];
  if (options.directory !== undefined)
    throw new UsageError('name files or a --directory, not both: the folder of a file is the one it is in');
  const byFolder = Map.groupBy(files.map(migrationFile), dirname);
  return [...byFolder].map(([folder, paths]) => ({
    folder,
    only: paths.map((path) => basename(path).replace(/(?:\.down)?\.sql$/, '')),
  }));
}

/** As seen from here, unless that leads far away. */
function shortest(file: string): string {
  const path = relative('', file);
  return path.startsWith('..') ? file : path;
}

function migrationFile(file: string): string {
  const path = resolve(file);
  if (!/^\d{3}_.*\.sql$/.test(basename(path)))
    throw new UsageError(`${file} is not a migration: NNN_words.sql`);
  if (!existsSync(path)) throw new UsageError(`there is no ${file}`);
  return path;
}
