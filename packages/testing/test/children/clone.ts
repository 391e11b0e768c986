// Makes a template on the given server and a clone of it, prints the clone's URL, and waits.
import { createDatabase, createTemplate } from '../../src/index.ts';

const [url = ''] = process.argv.slice(2);
const template = await createTemplate(
  { kind: 'url', url, version: '', stop: () => Promise.resolve() },
  async (session) => {
    await session.query('create table made (at timestamptz)');
  },
  'clone',
);
const database = await createDatabase(template);
process.stdout.write(`${JSON.stringify(database.url)}\n`);
setInterval(() => undefined, 1000);
