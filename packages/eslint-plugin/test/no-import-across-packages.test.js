import { fileURLToPath } from 'node:url';
import { noImportAcrossPackages } from '../src/no-import-across-packages.js';
import { javascript, typescript } from './rule-tester.js';

const filename = fileURLToPath(new URL('../src/flow/here.js', import.meta.url));
/** @param {string} code */
const here = (code) => ({ code, filename });
/** @param {string} messageId */
const refused = (messageId) => (/** @type {string} */ code) => ({ code, filename, errors: [{ messageId }] });

const valid = [
  `import { x } from '@agent-agency/db-core'; import y from '@agent-agency/provenance/verify';`,
  `import x from '@agent-agency/src';`,
  `import x from '@other/db-core/src/index.js';`,
  `import x from '../../package.json' with { type: 'json' };`,
  `import x from './follow.js'; export * from '..'; export { x };`,
  `import fs from 'node:fs'; import(name); require('./x.cjs'); const y = 1; export { y };`,
].map(here);

const invalid = [
  ...[
    `import { x } from '@agent-agency/db-core/src/index.ts';`,
    `export * from '@agent-agency/db-core/src/pool.ts';`,
    `export { x } from '@agent-agency/db-core/dist/pool.js';`,
    `await import('@agent-agency/db-core/test/fixture.ts');`,
    `require('@agent-agency/db-core/src');`,
  ].map(refused('internal')),
  ...[
    `import { x } from '../../../db-core/src/index.ts';`,
    `import x from '../../..';`,
    `export * from '../../../../migrations/src/index.ts';`,
    `await import('../../../x.js');`,
    `import x from '/opt/x.js';`,
    `import x from 'file:///opt/x.js';`,
  ].map(refused('outside')),
  {
    ...here(`import '@mine/a/src/b.js';`),
    options: [{ scope: '@mine' }],
    errors: [{ message: '@mine/a/src/b.js is the inside of @mine/a: import what @mine/a exports.' }],
  },
];

javascript.run('no-import-across-packages (espree)', noImportAcrossPackages, { valid, invalid });

typescript.run('no-import-across-packages (typescript)', noImportAcrossPackages, {
  valid: [...valid, here(`type X = import('@agent-agency/db-core').X; import y = require('y');`)],
  invalid: [
    ...invalid,
    refused('internal')(`type X = import('@agent-agency/db-core/src/x.ts').X;`),
    refused('internal')(`import x = require('@agent-agency/db-core/src/x.ts');`),
    refused('outside')(`import type { X } from '../../../db-core/src/x.ts';`),
  ],
});
