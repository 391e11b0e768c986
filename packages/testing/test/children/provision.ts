// Provisions PostgreSQL into the cache folder that it is given, and prints the folder of the programs.
import { provisionPostgres } from '../../src/index.ts';

const [cacheDir = ''] = process.argv.slice(2);
process.stdout.write(`${JSON.stringify(await provisionPostgres({ cacheDir }))}\n`);
