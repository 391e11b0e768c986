import { withAdministratorConnection } from '@agent-agency/db-core';
import {
  MigrationError,
  readMigrations,
  verifyMigrations,
  type VerifyReport,
  type VerifyStep,
} from '@agent-agency/migrations';
import type { CommandContext } from '../command-context.ts';
import { counted } from '../counted.ts';
import { withScratchDatabase } from '../scratch-database.ts';
import { ExitCode } from '../exit-codes.ts';
import { folderOf, type FolderOption } from './migrate-folder.ts';

/** `agency-db migrate verify`: exit code 1 when a file does not undo exactly what the other one did. */
export async function migrateVerifyCommand(
  context: CommandContext,
  options: FolderOption,
): Promise<ExitCode> {
  const { terminal, interruption } = context;
  const signal = interruption('nothing of the verification is left');
  const folder = folderOf(options);
  // Before anything is started: what cannot be read should be said at once.
  await readMigrations(folder.directory);
  terminal.status('a database to work on');
  const surroundings = { ...context, purpose: 'verify' } as const;
  const { where, report } = await withScratchDatabase(surroundings, async ({ config, where }) => {
    const verify = {
      ...folder,
      signal,
      onStep: (_step: VerifyStep, { done, total }: { done: number; total: number }) => {
        terminal.progress(done, total, 'files');
      },
    };
    const report = await withAdministratorConnection(config, (connection) =>
      verifyMigrations(connection, verify).catch(withRemedy),
    );
    return { where, report };
  });
  for (const line of describeVerification(report)) terminal.print(line);
  terminal.note(`on ${where}`);
  terminal.printJson({ ...report, database: where });
  return report.verified ? ExitCode.ok : ExitCode.checkFailed;
}

/** What was checked, and as a diff what is different. */
export function describeVerification(report: VerifyReport): string[] {
  const { verified, migrations, comparisons, facts, differences, failure } = report;
  const checked = `${counted(migrations.length, 'migration')} up, down and up again`;
  const compared = `${counted(comparisons, 'comparison')} of the catalogue (${counted(facts, 'line')} at the end)`;
  if (verified) return [`${checked}: no difference in ${compared}`];
  return [
    ...differences.flatMap(({ name, direction, lines }) => [
      direction === 'down'
        ? `${name}.down.sql does not restore what was there before ${name}.sql:`
        : `${name}.sql does not do again what it did the first time:`,
      ...lines.map((line) => `  ${line}`),
    ]),
    failure === undefined
      ? `${checked}: ${counted(differences.length, 'difference')} in ${compared}`
      : `${failure.message}; nothing after it was tried`,
  ];
}

/** Whoever may migrate a prepared database may not be able to prepare one. */
function withRemedy(error: unknown): never {
  if (!(error instanceof MigrationError && error.code === 'NOT_ADMINISTRATOR')) throw error;
  const message =
    "this login may not prepare a new database (roles, the vector extension): use an administrator's, " +
    'or unset DATABASE_URL to verify on PGlite';
  throw new MigrationError(error.code, message, { cause: error });
}
