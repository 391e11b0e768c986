import { access, constants } from 'node:fs/promises';
import { delimiter, join, resolve } from 'node:path';
import { commitMessageHook } from '@agent-agency/provenance';
import type { CommandContext } from '../command-context.ts';
import { openGit } from '../provenance/git.ts';
import { commitMessageHookFile, type InstalledHook, putHook } from '../provenance/hook-file.ts';
import {
  type RepositoryOptions,
  repositoryTenant,
  signingKeySetting,
  tenantSetting,
} from '../provenance/repository-settings.ts';

export interface InstallHookOptions extends RepositoryOptions {
  readonly repo?: string;
  readonly onFailure?: 'abort' | 'continue';
  readonly force?: true;
  readonly print?: true;
}

/** `agency-db provenance install-hook --tenant <id>` */
export async function provenanceInstallHookCommand(
  { terminal, env }: CommandContext,
  options: InstallHookOptions,
): Promise<void> {
  const { signingKey, onFailure = 'abort', force = false } = options;
  const text = commitMessageHook({ onFailure });
  if (options.print === true) {
    for (const line of text.trimEnd().split('\n')) terminal.print(line);
    terminal.printJson({ text });
    return;
  }
  const git = openGit(env, options.repo);
  const tenant = await repositoryTenant(git, options);
  const file = await commitMessageHookFile(git, force);
  const installed = await putHook(file, text, force);
  await git.text(['config', '--local', tenantSetting, tenant]);
  if (signingKey !== undefined) await git.text(['config', '--local', signingKeySetting, resolve(signingKey)]);
  terminal.print(describe(installed));
  if (!(await isOnPath('agency-db', env)))
    terminal.note('agency-db is not on PATH, where the hook looks for it: without it nothing can be signed');
  terminal.print(`commits that name a node are signed for tenant ${tenant} from now on:`);
  terminal.print('  git commit --trailer "Provenance-Node: <id>"');
  terminal.printJson({ ...installed, tenant });
}

async function isOnPath(program: string, { PATH = '' }: CommandContext['env']): Promise<boolean> {
  const tries = PATH.split(delimiter).map((folder) =>
    access(join(folder, program), constants.X_OK).then(
      () => true,
      () => false,
    ),
  );
  return (await Promise.all(tries)).includes(true);
}

function describe({ hook, outcome, kept }: InstalledHook): string {
  if (outcome === 'unchanged') return `the hook is there already: ${hook}`;
  return `${outcome} ${hook}${kept === undefined ? '' : `; what was there is ${kept}, and is not run any more`}`;
}
