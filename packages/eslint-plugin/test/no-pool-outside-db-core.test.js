import { noPoolOutsideDbCore } from '../src/no-pool-outside-db-core.js';
import { allowed, refused, refusedCases } from './pool-cases.js';
import { javascript, typescript } from './rule-tester.js';

const messages = {
  code: `import { Pool } from 'pg'; f(); new Pool();`,
  errors: [
    {
      message:
        'Only @agent-agency/db-core opens connections: take one from it instead of constructing Pool of pg.',
      column: 37,
    },
  ],
};
const ownOwner = {
  code: `export * from 'pg';`,
  options: [{ owner: 'my-pool' }],
  errors: [{ message: 'Only my-pool opens connections: do not export the module object of pg.' }],
};

javascript.run('no-pool-outside-db-core (espree)', noPoolOutsideDbCore, {
  valid: allowed,
  invalid: [...refusedCases, messages, ownOwner],
});

javascript.run('no-pool-outside-db-core (scripts)', noPoolOutsideDbCore, {
  valid: [
    { code: `var { types } = require('pg'); f(types);`, languageOptions: { sourceType: 'commonjs' } },
    { code: `var require = f; new (require('pg').Pool)();`, languageOptions: { sourceType: 'script' } },
  ],
  invalid: [
    { ...refused(`new (require('pg').Pool)();`, 'construct'), languageOptions: { sourceType: 'commonjs' } },
    {
      ...refused(`var pg = require('pg'); new pg.Pool();`, 'construct'),
      languageOptions: { sourceType: 'script' },
    },
    {
      ...refused(`new (require('pg').Pool)();`, 'construct'),
      languageOptions: { globals: { require: 'readonly' } },
    },
  ],
});

typescript.run('no-pool-outside-db-core (typescript)', noPoolOutsideDbCore, {
  valid: [
    ...allowed,
    `import type { Pool } from 'pg'; export type { Pool }; declare const p: Pool;`,
    `import { type Pool } from 'pg'; export function f(pool: Pool): void {}`,
    `import type pg from 'pg'; export interface Deps { pool: pg.Pool }`,
    `import pg from 'pg'; export function f(pool: pg.Pool, make: typeof pg.Pool): void {}`,
    `import { Pool } from 'pg'; export type { Pool }; export { type Pool as P };`,
    `import { Pool } from 'pg'; class Fake implements Pool {} interface Wide extends Pool {}`,
    `import pg from 'pg'; class Fake implements pg.Pool {} interface Wide extends pg.Pool {}`,
    `export type { Pool } from 'pg';`,
    `export { type Pool } from 'pg';`,
    `export type * from 'pg';`,
    `type P = import('pg').Pool; type Q = InstanceType<typeof import('pg').Pool>;`,
    `import type pg = require('pg');`,
    `import pg = require('pg'); pg.types.setTypeParser(20, Number);`,
    `import pg from 'pg'; import types = pg.types; f(types);`,
  ],
  invalid: [
    ...refusedCases,
    refused(`import pg from 'pg'; new (pg as any).Pool();`, 'construct'),
    refused(`import pg from 'pg'; new (<any>pg).Pool();`, 'construct'),
    refused(`import pg from 'pg'; new pg.Pool!();`, 'construct'),
    refused(`import pg from 'pg'; new (pg.Pool satisfies unknown)();`, 'construct'),
    refused(`import pg from 'pg'; const P = pg.Pool<string>; new P();`, 'construct'),
    refused(`import pg from 'pg'; const name = 'Pool' as const; new pg[name]();`, 'construct'),
    refused(`import pg = require('pg'); new pg.Pool();`, 'construct'),
    refused(`import Pool = require('pg-pool'); new Pool();`, 'construct'),
    refused(`import pg from 'pg'; import P = pg.Pool; new P();`, 'construct'),
    refused(`import pg from 'pg'; import q = pg; new q.Pool();`, 'construct'),
    refused(`import pg from 'pg'; export import P = pg.Pool;`, 'export'),
    refused(`export import pg = require('pg');`, 'export'),
    refused(`import pg = require('pg'); export = pg;`, 'export'),
    refused(`import pg from 'pg'; namespace N { export const P = pg.Pool; }`, 'export'),
    refused(`import pg from 'pg'; class Mine { constructor(private P = pg.Pool) {} }`, 'escape'),
    refused(`import pg from 'pg'; @inject(pg.Pool) class Mine {}`, 'escape'),
    refused(`import { type Pool, Client } from 'pg'; export { type Pool, Client };`, 'export'),
  ],
});
