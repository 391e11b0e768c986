// Writes docs/operations/faults.md; with --verify it only compares, and exits with 1 on a difference.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { currentFaultMatrix } from './fault-matrix.ts';

const path = fileURLToPath(new URL('../../../docs/operations/faults.md', import.meta.url));
const text = currentFaultMatrix();
const isCurrent = existsSync(path) && readFileSync(path, 'utf8') === text;
if (!isCurrent && process.argv.includes('--verify')) {
  process.stderr.write(`stale, run \`pnpm run generate-faults\` in packages/db-core: ${path}\n`);
  process.exitCode = 1;
} else if (!isCurrent) {
  writeFileSync(path, text);
  process.stderr.write(`written: ${path}\n`);
}
