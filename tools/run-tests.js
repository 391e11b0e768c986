// `pnpm test`: formatting, types, lint and tests of every package, each but the first cached by what it depends on; at
// the end one line with the tests of all packages, also of those whose result came from the cache.
import { spawnSync } from 'node:child_process';
import { globSync, readFileSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { freemem } from 'node:os';
import { fileURLToPath } from 'node:url';

const PACKAGES = ['benchmarks', 'migrations', 'packages/*', 'tools/*'];
const GIB = 1024 ** 3;

/**
 * The tests make and drop hundreds of servers and databases, of a thousand and of three hundred files: on a disk a
 * third of their time goes into its file system. So they get Linux's folder in memory for temporary files, where that
 * has room (in a container it often has 64 MB) and programs may run in it.
 */
function temporaryFolder() {
  const [folder, probe] = ['/dev/shm', `/dev/shm/agent-agency-probe-${process.pid}`];
  try {
    const { bavail, bsize } = statfsSync(folder);
    if (bavail * bsize < 4 * GIB || freemem() < 8 * GIB) return {};
    writeFileSync(probe, '#!/bin/sh\n', { flag: 'wx', mode: 0o700 });
    const { status } = spawnSync(probe);
    rmSync(probe);
    return status === 0 ? { TMPDIR: folder } : {};
  } catch {
    return {};
  }
}

/** What the hundred Node processes of a run do alike: compile the same modules, and collect much short-lived garbage. */
const forEveryProcess = {
  NODE_COMPILE_CACHE: fileURLToPath(new URL('../node_modules/.cache/compiled', import.meta.url)),
  NODE_OPTIONS: '--max-semi-space-size=64',
};

const env = {
  ...temporaryFolder(),
  ...forEveryProcess,
  ...process.env,
  TURBO_TELEMETRY_DISABLED: '1',
  DO_NOT_TRACK: '1',
};

// A report that an earlier run left behind must not be counted for a package that did not get to run.
for (const report of globSync(PACKAGES.map((folder) => `${folder}/reports`)))
  rmSync(report, { recursive: true });

const tasks = ['check-format', 'build', 'lint', 'test'];
const { status, error } = spawnSync('turbo', ['run', ...tasks, '--continue', '--output-logs=errors-only'], {
  stdio: 'inherit',
  env,
});
if (error) console.error(`turbo could not be started: ${error.message}`);

let passed = 0;
let failed = 0;
let skipped = 0;
const testable = globSync(PACKAGES.map((folder) => `${folder}/vitest.config.js`));
const reports = globSync(PACKAGES.map((folder) => `${folder}/reports/tests.json`));
for (const report of reports) {
  const { numPassedTests, numFailedTests, numFailedTestSuites, numPendingTests } = JSON.parse(
    readFileSync(report, 'utf8'),
  );
  passed += numPassedTests;
  // A file that fails before its first test has none that failed, and still counts.
  failed += Math.max(numFailedTests, numFailedTestSuites > 0 ? 1 : 0);
  skipped += numPendingTests;
}
const isComplete = reports.length === testable.length;
if (!isComplete)
  console.error(`${testable.length - reports.length} packages did not get to run their tests.`);
console.log(`${passed} passed, ${failed} failed${skipped === 0 ? '' : `, ${skipped} skipped`}`);
process.exitCode = status === 0 && isComplete && failed === 0 ? 0 : 1;
