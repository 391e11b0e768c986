// `pnpm lint`: the rules of eslint.config.js, with types from one program of the whole repository. A program for each
// package and one for its tests, which editors and `eslint` in a package's folder get, together take three times as long:
// each begins with the types of kysely, zod and vitest.
import { defineConfig } from 'eslint/config';
import rules, { typedFiles } from './eslint.config.js';

export default defineConfig(rules, {
  files: typedFiles,
  languageOptions: { parserOptions: { projectService: false, project: './tsconfig.lint.json' } },
});
