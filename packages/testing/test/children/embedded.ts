// Starts PGlite, asks it something, stops it; then nothing may keep this process alive.
import { connect, startEmbedded } from '../../src/index.ts';

const [dataDir] = process.argv.slice(2);
const server = await startEmbedded(dataDir === undefined ? {} : { dataDir });
const session = await connect(server.url);
const { rows } = await session.query('select 1 as one');
// Left open on purpose: stopping has to end connections too.
await server.stop();
process.stdout.write(`${JSON.stringify(rows)}\n`);
