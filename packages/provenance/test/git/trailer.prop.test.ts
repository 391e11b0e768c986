import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addTrailer, parseTrailers, removeTrailers, type Trailer } from '../../src/git/trailer.ts';
import { makeRepository } from './support/repository.ts';

const repository = makeRepository();

/** Lines that messages are made of, and on which a careless reader goes wrong. */
const line = fc.constantFrom(
  ...[
    '',
    '',
    '',
    ' ',
    '\t',
    '\r',
    ' \r',
    'prose',
    'prose: with a colon',
    'two words: x',
    ': no key',
    '-: x',
    'é: x',
  ],
  ...[
    'Reviewed-by: ada',
    'reviewed-BY: ada',
    'Reviewed-by:bo',
    'Fixes : #1',
    'Fixes\t: #1',
    'Fixes:',
    'X-1: a:b',
  ],
  ...[
    'Reviewed-by: ada',
    'Signed-off-by: ada <a@b>',
    'signed-off-by: cy',
    'Signed-off-by:x',
    '\u000bx: y',
    ' x: y',
  ],
  ...[
    ' folded',
    '\tfolded\r',
    '  ',
    '(cherry picked from commit 1)',
    '(cherry picked',
    '---',
    '--- a',
    'Conflicts:',
  ],
  ...[
    '\tfile',
    '# comment',
    '#',
    '#: x',
    ' # x',
    '# ------------------------ >8 ------------------------',
    'x=y',
  ],
);
const message = fc
  .record({ lines: fc.array(line, { maxLength: 14 }), end: fc.constantFrom('', '\n', '\n\n', ' \n') })
  .map(({ lines, end }) => lines.join('\n') + end);
// A process of git takes longer than all of its messages, so it is given many.
const messages = fc.array(message, { minLength: 1, maxLength: 150, size: 'max' });
const few = { numRuns: 2 };

const separator = 'Between-Messages: x\n';

/** What git finds in each of the messages: one process, with a known message between every two. */
function gitParse(texts: readonly string[]): readonly string[] {
  const folder = join(repository.folder, 'messages');
  mkdirSync(folder, { recursive: true });
  const write = (name: string, text: string): string => {
    // Since 2.46.2 git completes the last line itself.
    writeFileSync(join(folder, name), text.replace(/[^\n]$/, '$&\n'));
    return join('messages', name);
  };
  const between = write('between', `x\n\n${separator}`);
  const files = texts.flatMap((text, index) => [write(String(index), text), between]);
  const output = repository.run(['interpret-trailers', '--parse', '--no-divider', ...files]);
  return Buffer.from(output).toString().split(separator).slice(0, -1);
}

const print = (trailers: readonly Trailer[]): string =>
  trailers.map(({ key, value }) => `${key}: ${value}\n`).join('');

describe('trailers, held against git', () => {
  it('are the ones that git finds', () => {
    fc.assert(
      fc.property(messages, (texts) => {
        expect(texts.map((text) => print(parseTrailers(text)))).toEqual(gitParse(texts));
      }),
      few,
    );
  });

  it('are added once, behind those that are there', () => {
    const ada = { key: 'Reviewed-by', value: 'ada' };
    const hasAda = (found: string): boolean => /^reviewed-by: ada$/im.test(found);
    fc.assert(
      fc.property(messages, (texts) => {
        const longer = texts.map((text) => addTrailer(text, ada));
        const wanted = gitParse(texts).map((found) => (hasAda(found) ? found : found + print([ada])));
        expect(gitParse(longer)).toEqual(wanted);
        expect(longer.map((text) => addTrailer(text, ada))).toEqual(longer);
      }),
      few,
    );
  });

  it('are gone when they are removed', () => {
    fc.assert(
      fc.property(messages, (texts) => {
        const shorter = texts.map((text) => removeTrailers(text, ['reviewed-by', 'FIXES']));
        for (const found of gitParse(shorter)) expect(found).not.toMatch(/^(?:reviewed-by|fixes):/im);
      }),
      few,
    );
  });
});
