import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** Writes a page of `docs/`; with --verify it only compares, and the process exits with 1 on a difference. */
export function writeOrVerify(page: string, text: string, command: string): void {
  const path = fileURLToPath(new URL(`../../../docs/${page}`, import.meta.url));
  if (existsSync(path) && readFileSync(path, 'utf8') === text) return;
  if (process.argv.includes('--verify')) {
    process.stderr.write(`stale, run \`pnpm run ${command}\` in packages/db-core: ${path}\n`);
    process.exitCode = 1;
    return;
  }
  writeFileSync(path, text);
  process.stderr.write(`written: ${path}\n`);
}
