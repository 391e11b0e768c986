import { withAdministratorConnection } from '@agent-agency/db-core';
import { previewMigrations, type PlannedMigration } from '@agent-agency/migrations';
import type { CommandContext } from '../command-context.ts';
import { counted } from '../counted.ts';
import { databaseConfig } from '../database.ts';
import { ExitCode } from '../exit-codes.ts';
import { folderOf } from './migrate-folder.ts';
import type { RunOptions } from './migrate.ts';

export interface PlanOptions extends RunOptions {
  readonly down?: boolean;
  /** List statements, not only their number. */
  readonly statements?: boolean;
  /** Answer by the exit code whether there is anything to do. */
  readonly check?: boolean;
}

/** `agency-db migrate plan`: what `up` or `down` would do; writes nothing. */
export async function migratePlanCommand(
  { terminal, env }: CommandContext,
  options: PlanOptions,
): Promise<ExitCode> {
  const direction = options.down === true ? 'down' : 'up';
  const { to } = options;
  const plan = await withAdministratorConnection(databaseConfig(env), (connection) =>
    previewMigrations(connection, { ...folderOf(options), direction, ...(to !== undefined && { to }) }),
  );
  for (const line of describePlan(plan, direction)) terminal.print(line);
  if (options.statements === true) {
    for (const { name, statements } of plan) {
      terminal.print('');
      terminal.print(name);
      for (const statement of statements) terminal.print(`  ${statement}`);
    }
  }
  terminal.printJson({ direction, migrations: plan });
  return options.check === true && plan.length > 0 ? ExitCode.checkFailed : ExitCode.ok;
}

function describePlan(plan: readonly PlannedMigration[], direction: 'up' | 'down'): string[] {
  if (plan.length === 0) return [direction === 'up' ? 'nothing to do' : 'nothing to undo'];
  const width = Math.max(...plan.map(({ name }) => name.length));
  return [
    `${direction === 'up' ? 'would apply' : 'would undo'} ${counted(plan.length, 'migration')}`,
    ...plan.map(({ name, inTransaction, statements }) => {
      const manner = inTransaction ? 'in a transaction' : 'without a transaction';
      return `  ${name.padEnd(width)}  ${counted(statements.length, 'statement')} ${manner}`;
    }),
  ];
}
