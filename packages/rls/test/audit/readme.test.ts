import { readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { ruleTable } from '../../src/index.ts';

/** A table however wide its columns are drawn, and however deep its headings are. */
const narrow = (markdown: string): string =>
  markdown.trim().replaceAll(/ +/g, ' ').replaceAll(/-{3,}/g, '---').replaceAll(/^#+/gm, '#');

it('README.md has the table of the rules', async () => {
  const readme = await readFile(new URL('../../README.md', import.meta.url), 'utf8');
  const [, table = ''] = /<!-- rules -->\n([\s\S]*)<!-- end of rules -->/.exec(readme) ?? [];
  expect(narrow(table)).toBe(narrow(ruleTable()));
});
