import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, onTestFinished } from 'vitest';
import { withSession } from '../src/index.ts';
import { runProgram } from '../src/run-program.ts';
import { testCluster } from './support/cluster.ts';
import { createFolder } from './support/folder.ts';
import { releases } from './support/pooler.ts';
import { binDir } from './support/programs.ts';

const vitest = fileURLToPath(
  import.meta.resolve('vitest/package.json').replace(/package\.json$/, 'vitest.mjs'),
);
const project = fileURLToPath(new URL('project', import.meta.url));

/** The environment of a run by hand: without what the surrounding run has set. */
function environment(changes: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const outside = Object.entries(process.env).filter(([name]) => !name.startsWith('VITEST'));
  return { ...Object.fromEntries(outside), ...changes };
}

const commandLine = [vitest, 'run', '--root', project, '--no-color'];

/** Runs the project of test/project by itself, as a package's tests are run. */
async function runProject(changes: NodeJS.ProcessEnv, args: readonly string[] = []): Promise<string> {
  const options = { cwd: project, env: environment(changes) };
  const { stdout, stderr } = await runProgram(process.execPath, [...commandLine, ...args], options);
  return stdout + stderr;
}

describe.skipIf(binDir === undefined)('setUpPostgres and testDatabase', () => {
  it('give each file of a run its own database on a server that ends with the run', async () => {
    const folder = await createFolder();
    const output = await runProject({ TMPDIR: folder, DATABASE_URL: '' });
    expect(output).toMatch(/^PostgreSQL \d+\S* \(\w+\); not taken: DATABASE_URL: not set/m);
    expect(output).toMatch(/Tests\s+5 passed/);
    expect((await readdir(folder)).filter((name) => name.startsWith('agent-agency'))).toEqual([]);
  });

  it('end the server of a run that is interrupted', async () => {
    const folder = await createFolder();
    const env = environment({ TMPDIR: folder, DATABASE_URL: '' });
    const run = spawn(process.execPath, commandLine, {
      cwd: project,
      env,
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    onTestFinished(() => void run.kill('SIGKILL'));
    let output = '';
    for await (const chunk of run.stdout) {
      output += String(chunk);
      if (output.includes('not taken:')) break;
    }
    expect(await readdir(folder)).toContainEqual(expect.stringMatching(/^agent-agency-pg-/));
    run.kill('SIGINT');
    await once(run, 'close');
    expect((await readdir(folder)).filter((name) => name.startsWith('agent-agency'))).toEqual([]);
  });
});

describe.skipIf(binDir === undefined || releases.length === 0)('setUpPostgresBehindPgBouncer', () => {
  const cluster = testCluster();
  const behind = ['--config', 'vitest.pgbouncer.config.js'];

  it('runs the same tests through the pooler, and ends it with the run', async () => {
    const folder = await createFolder();
    const output = await runProject({ TMPDIR: folder, DATABASE_URL: '' }, behind);
    expect(output).toMatch(/^PgBouncer 1\.\d+\.\d+ in front of it$/m);
    expect(output).toMatch(/Tests\s+7 passed/);
    expect((await readdir(folder)).filter((name) => name.startsWith('agent-agency'))).toEqual([]);
  });

  it('uses DATABASE_URL, and leaves no database there but the template, though the pooler is still connected', async () => {
    expect(await runProject({ DATABASE_URL: cluster.server.url }, behind)).toMatch(
      /^PostgreSQL \S+ \(DATABASE_URL\)$/m,
    );
    const { rows } = await withSession(cluster.server.url, (session) =>
      session.query("select datistemplate from pg_database where datname like 'agent_agency%'"),
    );
    expect(rows).toEqual([{ datistemplate: true }]);
  });
});
