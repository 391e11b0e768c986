import { plugin as agency } from '@agent-agency/eslint-plugin';
import js from '@eslint/js';
import { defineConfig, globalIgnores } from 'eslint/config';
import tseslint from 'typescript-eslint';

const tests = ['**/test/**'];
const configurations = ['**/*.config.{js,ts}', 'vitest.*.{js,ts}'];
/** Folders whose TypeScript belongs to a project, so that rules may ask for types. */
const projects = ['packages/*/{src,test}', 'migrations/{src,test}', 'tools/*/{src,test}', 'benchmarks/*'];
/** What of these rules may ask for types. */
export const typedFiles = projects.map((folder) => `${folder}/**/*.ts`);
const libraries = ['packages/*/src/**', 'migrations/src/**'];

/** What Node and the web platform give every JavaScript file; TypeScript knows its globals by itself. */
const nodeGlobals = Object.fromEntries(
  [
    ...['AbortController', 'AbortSignal', 'Buffer', 'TextDecoder', 'TextEncoder', 'URL', 'URLSearchParams'],
    ...['clearInterval', 'clearTimeout', 'console', 'crypto', 'fetch', 'performance', 'process'],
    ...['queueMicrotask', 'setImmediate', 'setInterval', 'setTimeout', 'structuredClone'],
  ].map((name) => [name, 'readonly']),
);

/** The conventions that a linter can check cheaply. */
const shape = {
  complexity: ['error', 12],
  eqeqeq: ['error', 'always', { null: 'ignore' }],
  'max-lines': ['error', 400],
  'max-lines-per-function': ['error', { max: 80, skipBlankLines: true, skipComments: true }],
  'max-params': ['error', 3],
  'no-restricted-syntax': [
    'error',
    {
      selector: 'ExportDefaultDeclaration, ExportSpecifier[exported.name="default"]',
      message: 'Export by name: a name can be searched for and renamed.',
    },
  ],
};

const typed = {
  '@typescript-eslint/consistent-type-imports': 'error',
  '@typescript-eslint/no-non-null-assertion': 'error',
  '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
};

export default defineConfig(
  globalIgnores([
    '**/dist/',
    '**/reports/',
    '**/coverage/',
    '**/.turbo/',
    '**/.agent-agency/',
    '**/generated/',
  ]),
  { linterOptions: { reportUnusedDisableDirectives: 'error', reportUnusedInlineConfigs: 'error' } },
  js.configs.recommended,
  { rules: shape },
  { files: ['**/*.js'], languageOptions: { globals: nodeGlobals } },
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.strict, tseslint.configs.stylistic],
    rules: typed,
  },
  {
    files: typedFiles,
    extends: [tseslint.configs.strictTypeChecked, tseslint.configs.stylisticTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      ...typed,
      // `env['NAME']` says that the name is looked up and may be absent.
      '@typescript-eslint/dot-notation': ['error', { allowIndexSignaturePropertyAccess: true }],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreVoidReturningFunctions: true }],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true },
      ],
    },
  },
  {
    files: tests,
    // A suite is one long function; a case reads better whole.
    rules: { 'max-lines-per-function': 'off', 'max-params': 'off' },
  },
  // A query file is one long SQL statement.
  { files: ['**/queries/**'], rules: { 'max-lines-per-function': 'off' } },
  { files: configurations, rules: { 'no-restricted-syntax': 'off' } },
  // Libraries report by typed events and errors; only the command line prints.
  { files: libraries, ignores: ['packages/cli/**'], rules: { 'no-console': 'error' } },
  {
    files: projects.map((folder) => `${folder}/**`),
    plugins: { 'agent-agency': agency },
    rules: { 'agent-agency/no-import-across-packages': 'error' },
  },
  {
    // Benchmarks compare with a bare pool, so they open some.
    ignores: ['packages/db-core/**', 'benchmarks/**'],
    plugins: { 'agent-agency': agency },
    rules: { 'agent-agency/no-pool-outside-db-core': 'error' },
  },
);
