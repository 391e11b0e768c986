import { inspectRepository } from '@agent-agency/git-ingest';
import type { CommandContext } from '../command-context.ts';
import { withManager } from '../database.ts';
import { ExitCode } from '../exit-codes.ts';
import { prepareDatabase } from '../prepare-database.ts';
import { showAnswers } from './answers.ts';
import { alterLogAsOwner, switchTenantBySql, type Attacks } from './attacks.ts';
import { showIsolation, showProvenance } from './guards.ts';
import { ingestBoth } from './histories.ts';
import { withScratchDatabase, type ScratchDatabase } from '../scratch-database.ts';
import { Steps } from './steps.ts';

export interface DemoOptions {
  readonly repo: string;
}

/** `agency-db demo`: exit code 0 only if everything it shows is so. */
export async function demoCommand(
  context: CommandContext,
  { repo }: DemoOptions,
  attacks: Attacks = { switchTenantBySql, alterLogAsOwner },
): Promise<ExitCode> {
  const { terminal, interruption } = context;
  const signal = interruption('nothing of the demonstration is left');
  // Before anything is started: what cannot be read should be said at once.
  const { path } = await inspectRepository(repo, { signal });
  const steps = new Steps(terminal, signal);
  terminal.status('… a database');
  const where = await withScratchDatabase({ ...context, purpose: 'demo' }, async (database) => {
    await steps.run('a database of its own, migrated', () => migrate(database));
    await withManager(database.config, async (manager) => {
      const stage = { manager, database, steps, terminal, signal };
      await ingestBoth(stage, path);
      await showAnswers(stage);
      await showIsolation(stage, attacks);
      await showProvenance(stage, attacks);
    });
    return database.where;
  });
  steps.showDurations();
  terminal.print('');
  terminal.print(steps.allHeld ? 'Everything held.' : 'Not everything held: see the steps marked ✗.');
  terminal.printJson({ held: steps.allHeld, database: where, steps: steps.results });
  return steps.allHeld ? ExitCode.ok : ExitCode.checkFailed;
}

async function migrate(database: ScratchDatabase): Promise<{ lines: string[] }> {
  await prepareDatabase(database.config);
  return { lines: [database.where] };
}
