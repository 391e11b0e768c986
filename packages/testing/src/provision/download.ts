import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runProgram } from '../run-program.ts';
import type { DebianHost } from './debian-host.ts';
import type { Recipe } from './recipe.ts';

const timeoutMs = 10 * 60_000;

/** Where and as what apt is asked. */
export interface Surroundings {
  readonly host: DebianHost;
  readonly env: NodeJS.ProcessEnv;
}

/**
 * Downloads the packages of a recipe with apt into `folder`; returns the files.
 *
 * apt runs on a configuration and a state of its own: it needs no root, and the system's is neither read nor changed
 * (save how the machine reaches its mirror). It checks the signatures and refuses what is unsigned.
 * @throws TestingError `PROGRAM_FAILED`
 */
export async function downloadPackages(
  { suite, packages }: Recipe,
  folder: string,
  { host, env }: Surroundings,
): Promise<string[]> {
  const debs = join(folder, 'debs');
  const configuration = join(folder, 'apt/apt.conf');
  const source = `deb [signed-by=${host.keyring}] ${host.mirror} ${suite} main`;
  await writeConfiguration(join(folder, 'apt'), source, await readTransport(env));
  await mkdir(debs);
  const options = { cwd: debs, env: { ...env, APT_CONFIG: configuration }, timeoutMs };
  await runProgram('apt-get', ['-qq', 'update'], options);
  await runProgram('apt-get', ['-qq', 'download', ...packages], options);
  return (await readdir(debs)).map((name) => join(debs, name));
}

async function writeConfiguration(
  folder: string,
  source: string,
  transport: readonly string[],
): Promise<void> {
  await mkdir(join(folder, 'lists/partial'), { recursive: true });
  await mkdir(join(folder, 'cache/archives/partial'), { recursive: true });
  await mkdir(join(folder, 'empty'));
  await writeFile(join(folder, 'status'), '');
  await writeFile(join(folder, 'sources.list'), `${source}\n`);
  await writeFile(join(folder, 'apt.conf'), `${[...transport, ...ownSettings(folder)].join('\n')}\n`);
}

function ownSettings(folder: string): string[] {
  return [
    `Dir::Etc::main "none";`,
    `Dir::Etc::parts "${folder}/empty";`,
    `Dir::Etc::sourcelist "${folder}/sources.list";`,
    `Dir::Etc::sourceparts "${folder}/empty";`,
    `Dir::Etc::preferences "none";`,
    `Dir::Etc::preferencesparts "${folder}/empty";`,
    `Dir::State "${folder}";`,
    `Dir::State::lists "${folder}/lists";`,
    `Dir::State::status "${folder}/status";`,
    `Dir::Cache "${folder}/cache";`,
    // The folder is the caller's; apt's own account could not write there.
    `APT::Sandbox::User "";`,
    `APT::Get::AllowUnauthenticated "false";`,
    // Without this a mirror that cannot be reached is only a warning.
    `APT::Update::Error-Mode "any";`,
    `Acquire::AllowInsecureRepositories "false";`,
    `Acquire::AllowWeakRepositories "false";`,
    `Acquire::AllowDowngradeToInsecureRepositories "false";`,
    `Acquire::Languages "none";`,
  ];
}

/** How this machine reaches its mirror: proxies, certificates, and whether a frozen mirror's dates may be old. */
async function readTransport(env: NodeJS.ProcessEnv): Promise<string[]> {
  const { stdout } = await runProgram('apt-config', ['dump'], { env });
  return stdout
    .split('\n')
    .filter((line) => /^Acquire::(https?::|Retries|Check-Valid-Until|Check-Date)/.test(line));
}
