// Tampers with a log in every way there is and writes docs/reference/tamper-matrix.md from what is found; with --verify it only
// compares, and exits with 1 on a difference.
//
//   node --conditions=@agent-agency/source packages/provenance/scripts/tamper-matrix.ts
import { readFileSync, writeFileSync } from 'node:fs';
import { stopOnExit } from '@agent-agency/testing';
import { startStormServer } from '../test/log/support/storm-server.ts';
import { documentOf } from '../test/tamper/document.ts';
import { tryEverything } from '../test/tamper/matrix.ts';
import { tryRefusals } from '../test/tamper/refusals.ts';
import { buildWorld } from '../test/tamper/world.ts';

const page = new URL('../../../docs/reference/tamper-matrix.md', import.meta.url);

const own = await startStormServer({ connections: 2, fsync: false });
const leave = stopOnExit(own.server);
try {
  const { kind, url } = own.server;
  const world = await buildWorld({ kind, url, urlFor: () => url });
  try {
    const text = documentOf(await tryEverything(world), await tryRefusals(world));
    if (!process.argv.includes('--verify')) writeFileSync(page, text);
    else if (readFileSync(page, 'utf8') !== text) {
      process.stderr.write(
        'docs/reference/tamper-matrix.md is stale: run `pnpm run generate-tamper-matrix`\n',
      );
      process.exitCode = 1;
    }
  } finally {
    await world.manager.shutdown();
  }
} finally {
  await own.stop();
  leave();
}
