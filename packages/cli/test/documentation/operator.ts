import { spawn } from 'node:child_process';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { RunbookBlock } from './runbook.ts';

const BIN = fileURLToPath(new URL('../../src/bin.ts', import.meta.url));
const MODULES = fileURLToPath(new URL('../../node_modules', import.meta.url));
const CONDITIONS = '--conditions=@agent-agency/source';
const PSQL = 'psql --no-psqlrc --set=ON_ERROR_STOP=1 "$DATABASE_URL"';

/** Somebody at a terminal, in a folder of their own, with `agency-db` and PostgreSQL's programs. */
export class Operator {
  readonly folder: string;
  readonly #env: NodeJS.ProcessEnv;

  private constructor(folder: string, env: NodeJS.ProcessEnv) {
    this.folder = folder;
    this.#env = env;
  }

  /** `binDir` is where PostgreSQL's programs are. */
  static async at(binDir: string, env: Readonly<Record<string, string>>): Promise<Operator> {
    const folder = await mkdtemp(join(tmpdir(), 'agent-agency-operator-'));
    const programs = join(folder, '.bin');
    await mkdir(programs);
    const agencyDb = `#!/bin/sh\nexec '${process.execPath}' ${CONDITIONS} '${BIN}' "$@"\n`;
    await writeFile(join(programs, 'agency-db'), agencyDb, { mode: 0o755 });
    await symlink(process.execPath, join(programs, 'node'));
    // What a program in this folder imports is what this package has.
    await symlink(MODULES, join(folder, 'node_modules'));
    const path = [programs, binDir, process.env['PATH']].join(delimiter);
    // Compiling the sources is most of what a command line does.
    const node = { NODE_OPTIONS: CONDITIONS, NODE_COMPILE_CACHE: join(folder, '.cache') };
    return new Operator(folder, { PATH: path, HOME: folder, ...node, ...env });
  }

  /** Types a block, and returns all that is printed; throws when it ends with an error. */
  run({ language, code }: Pick<RunbookBlock, 'language' | 'code'>): Promise<string> {
    return language === 'sh' ? this.#sh(code, '') : this.#sh(PSQL, code);
  }

  async leave(): Promise<void> {
    await rm(this.folder, { recursive: true, force: true });
  }

  #sh(script: string, input: string): Promise<string> {
    const shell = spawn('sh', ['-euc', `exec 2>&1\n${script}`], { cwd: this.folder, env: this.#env });
    let printed = '';
    shell.stdout.setEncoding('utf8').on('data', (text: string) => (printed += text));
    shell.stdin.end(input);
    return new Promise((resolve, reject) => {
      shell.on('error', reject);
      shell.on('close', (code) => {
        if (code === 0) resolve(printed);
        else reject(new Error(`exit code ${String(code)}: ${printed}`));
      });
    });
  }
}
