// `pnpm test`: formatting, then types, lint and tests of every package, each cached by what it depends on; at the end
// one line with the tests of all packages, also of those whose result came from the cache.
import { spawnSync } from 'node:child_process';
import { globSync, readFileSync, rmSync } from 'node:fs';

const PACKAGES = ['benchmarks', 'migrations', 'packages/*', 'tools/*'];
const env = { ...process.env, TURBO_TELEMETRY_DISABLED: '1', DO_NOT_TRACK: '1' };

/** @param {string} command @param {string[]} args */
function succeeds(command, args) {
  const { status, error } = spawnSync(command, args, { stdio: 'inherit', env });
  if (error) console.error(`${command} could not be started: ${error.message}`);
  return status === 0;
}

// A report that an earlier run left behind must not be counted for a package that did not get to run.
for (const report of globSync(PACKAGES.map((folder) => `${folder}/reports`)))
  rmSync(report, { recursive: true });

const isFormatted = succeeds('prettier', ['--check', '--log-level', 'warn', '.']);
const isSound = succeeds('turbo', [
  'run',
  'build',
  'lint',
  'test',
  '--continue',
  '--output-logs=errors-only',
]);

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
if (!isFormatted) console.error('Some files are not formatted: run `pnpm format`.');
const isComplete = reports.length === testable.length;
if (!isComplete)
  console.error(`${testable.length - reports.length} packages did not get to run their tests.`);
console.log(`${passed} passed, ${failed} failed${skipped === 0 ? '' : `, ${skipped} skipped`}`);
process.exitCode = isFormatted && isSound && isComplete && failed === 0 ? 0 : 1;
