import { RuleTester } from 'eslint';
import tseslint from 'typescript-eslint';
import { afterAll, describe, it } from 'vitest';

RuleTester.afterAll = afterAll;
RuleTester.describe = describe;
RuleTester.it = it;
RuleTester.itOnly = it.only;

/** ESLint's own parser. */
export const javascript = new RuleTester({ languageOptions: { ecmaVersion: 2025, sourceType: 'module' } });

/** The parser that this repository's TypeScript goes through. */
export const typescript = new RuleTester({
  languageOptions: { parser: tseslint.parser, sourceType: 'module' },
});
