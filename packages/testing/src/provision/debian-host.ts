import { existsSync } from 'node:fs';
import { TestingError } from '../errors.ts';
import { runProgram } from '../run-program.ts';

/** What provisioning needs to know of the machine. */
export interface DebianHost {
  /** dpkg's name of the processor, for example `amd64`. */
  readonly architecture: string;
  /** Whose signatures are trusted. */
  readonly keyring: string;
  readonly mirror: string;
}

const keyring = '/usr/share/keyrings/debian-archive-keyring.gpg';

/**
 * dpkg's name of this machine's processor.
 *
 * @throws TestingError `SOURCE_UNAVAILABLE` where there is no dpkg
 */
export async function getDebianArchitecture(env: NodeJS.ProcessEnv): Promise<string> {
  const architecture = await ask('dpkg', ['--print-architecture'], env);
  if (process.platform === 'linux' && architecture !== undefined) return architecture;
  throw new TestingError('SOURCE_UNAVAILABLE', 'this is not a Debian machine');
}

/**
 * Looks whether this machine can download and unpack Debian's packages.
 *
 * **Cost** about 0.7 s: apt is slow to tell its mirror.
 * @throws TestingError `SOURCE_UNAVAILABLE`
 */
export async function getDebianHost(env: NodeJS.ProcessEnv): Promise<DebianHost> {
  const architecture = await getDebianArchitecture(env);
  requireFile(keyring, 'debian-archive-keyring');
  // Debian's PostgreSQL reads the system's time zones from a fixed path.
  requireFile('/usr/share/zoneinfo/UTC', 'tzdata');
  const mirror = env['DEBIAN_MIRROR'] ?? (await findMirror(env));
  if (mirror === undefined) {
    throw new TestingError('SOURCE_UNAVAILABLE', "no Debian mirror in apt's sources: set DEBIAN_MIRROR");
  }
  return { architecture, keyring, mirror };
}

/** The mirror that the machine itself is configured to use. */
async function findMirror(env: NodeJS.ProcessEnv): Promise<string | undefined> {
  const uris = await ask('apt-get', ['indextargets', '--format', '$(REPO_URI)', 'Created-By: Packages'], env);
  return uris?.split('\n').find((uri) => /\/debian\/?$/.test(uri));
}

function requireFile(path: string, debianPackage: string): void {
  if (existsSync(path)) return;
  throw new TestingError('SOURCE_UNAVAILABLE', `no ${path} (Debian package ${debianPackage})`);
}

async function ask(
  program: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv,
): Promise<string | undefined> {
  try {
    const { stdout } = await runProgram(program, args, { env });
    return stdout.trim();
  } catch (error) {
    if (error instanceof TestingError) return undefined;
    throw error;
  }
}
