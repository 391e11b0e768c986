import type { Environment } from '../environment.ts';
import { UsageError } from '../failure.ts';
import { defaultKeyFile } from '../signing-key.ts';
import { configured, type Git } from './git.ts';

/** Where a repository's configuration says whose commits these are: a hook is called without options. */
export const tenantSetting = 'agency-db.tenant';
export const signingKeySetting = 'agency-db.signingKey';

/** What may be said on the command line, and otherwise is in the repository's configuration. */
export interface RepositoryOptions {
  readonly tenant?: string;
  readonly signingKey?: string;
}

/**
 * Whose log the commits of a repository rest on.
 *
 * @throws {UsageError} when nobody says it.
 */
export async function repositoryTenant(git: Git, { tenant }: RepositoryOptions): Promise<string> {
  const tenantId = tenant ?? (await configured(git, tenantSetting));
  if (tenantId !== undefined && tenantId !== '') return tenantId;
  throw new UsageError(
    `no tenant: say --tenant, or once and for all \`git config ${tenantSetting} <id>\`, as install-hook does`,
  );
}

/** Where the private key is that signs for this repository. */
export async function repositoryKeyFile(
  git: Git,
  env: Environment,
  { tenantId, signingKey }: { readonly tenantId: string; readonly signingKey: string | undefined },
): Promise<string> {
  return signingKey ?? (await configured(git, signingKeySetting, 'path')) ?? defaultKeyFile(tenantId, env);
}
