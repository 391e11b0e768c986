// Starts PgBouncer in front of the given server, prints its process id, and then does what it is told: wait or exit.
import { globSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { startPgBouncer, stopOnExit } from '../../src/index.ts';
import { findMarked } from '../../src/owner.ts';

const [server = '', fate = 'wait'] = process.argv.slice(2);
const pooler = await startPgBouncer({ server, release: 'trixie' });
stopOnExit(pooler);
const [mark = ''] = globSync(`${tmpdir()}/*/pgbouncer.mark`);
process.stdout.write(`${JSON.stringify(findMarked(readFileSync(mark, 'utf8')))}\n`, () => {
  if (fate === 'exit') process.exit(3);
  setInterval(() => undefined, 1000);
});
