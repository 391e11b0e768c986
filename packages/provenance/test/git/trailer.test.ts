import { describe, expect, it } from 'vitest';
import { addTrailer, parseTrailers, removeTrailers } from '../../src/git/trailer.ts';
import { expectCode } from '../fixtures/expect-code.ts';

const ada = { key: 'Reviewed-by', value: 'Ada' };
const template = '# Please enter the commit message.\n#\n# On branch main\n';
const diff =
  '# ------------------------ >8 ------------------------\n# cut\ndiff --git a b\n+Reviewed-by: Ada\n';

describe('parseTrailers', () => {
  it('reads the last paragraph, unfolded and trimmed', () => {
    const block = 'Fixes:#1\nreviewed-by : Ada\n  Example\r\n\tthe First \nEmpty:\n';
    expect(parseTrailers(`Title\n\nNot: this\n\n${block}`)).toEqual([
      { key: 'Fixes', value: '#1' },
      { key: 'reviewed-by', value: 'Ada\n  Example\r\n\tthe First'.replaceAll(/\n\s*/g, ' ') },
      { key: 'Empty', value: '' },
    ]);
  });

  it.each([
    ['the title', 'Fix: it\n'],
    ['a title of several lines', 'Fix: it\nReviewed-by: Ada\n'],
    ['prose with a colon', 'Fix\n\nNote: this\nis prose\n'],
    ['a key with a space', 'Fix\n\nReviewed by: Ada\n'],
    ['a key that is not ASCII', 'Fix\n\nPrüfer: Ada\n'],
    ['no key', 'Fix\n\n: Ada\n'],
    ['what is below the scissors', `Fix\n\n${diff}`],
    ['nothing', ''],
  ])('finds no trailer in %s', (_, message) => {
    expect(parseTrailers(message)).toEqual([]);
  });

  it('takes prose among trailers when git wrote one of them and at least a quarter are', () => {
    const signed = 'Signed-off-by: Ada <ada@example.com>\n';
    expect(parseTrailers(`Fix\n\n${'prose\n'.repeat(3)}${signed}`)).toHaveLength(1);
    expect(parseTrailers(`Fix\n\n${'prose\n'.repeat(4)}${signed}`)).toEqual([]);
    expect(parseTrailers(`Fix\n\n${'prose\n'.repeat(3)}${signed.toLowerCase()}`)).toEqual([]);
    expect(parseTrailers('Fix\n\n(cherry picked from commit 1)\nprose\nReviewed-by: Ada\n')).toEqual([ada]);
  });

  it('passes over a list of conflicts at the end, and only there', () => {
    expect(parseTrailers('Fix\n\nA: b\n\nConflicts:\n\tfile\n\n# comment\n\tfile\n')).toEqual([
      { key: 'A', value: 'b' },
    ]);
    expect(parseTrailers('Conflicts:\n\tfile\nprose\n\nA: b\n# comment\n\tindented\n')).toEqual([]);
    expect(parseTrailers('Fix\n\nConflicts:\n\tfile\n\nA: b\n')).toEqual([{ key: 'A', value: 'b' }]);
  });

  it('reads hostile messages in linear time', () => {
    const hostile = `a: ${' '.repeat(500_000)}x\n${' \n'.repeat(200_000)}`;
    expect(parseTrailers(`t\n\n${hostile}`)).toHaveLength(1);
    expect(parseTrailers(`${'\n'.repeat(500_000)}x`)).toEqual([]);
    expect(parseTrailers(`t\n\n${'a-'.repeat(500_000)}`)).toEqual([]);
  });
});

describe('addTrailer', () => {
  const added = 'Reviewed-by: Ada\n';

  it.each([
    ['begins a block', 'Fix\n', `Fix\n\n${added}`],
    ['completes a last line', 'Fix', `Fix\n\n${added}`],
    ['goes on with a block', 'Fix\n\nAcked-by: Bo', `Fix\n\nAcked-by: Bo\n${added}`],
    [
      'leaves what is there as it is',
      'Fix\n\nacked-BY :Bo\n  and Cy\n',
      `Fix\n\nacked-BY :Bo\n  and Cy\n${added}`,
    ],
    ['keeps a blank line that is there', 'Fix\n\t\n', `Fix\n\t\n${added}`],
    ['stays in front of blank lines', 'Fix\n\nA: b\n \n', `Fix\n\nA: b\n${added} \n`],
    ['stays above an editor’s comments', `Fix\n\nA: b\n\n${template}`, `Fix\n\nA: b\n${added}\n${template}`],
    ['stays with its block', 'Fix\n\nA: b\n\n# comment\n \n', `Fix\n\nA: b\n${added}\n# comment\n \n`],
    ['stays above the scissors', `Fix\n${diff}`, `Fix\n\n${added}${diff}`],
    ['takes a blank line that begins the file', `\n${template}`, `\n${added}${template}`],
    ['leaves a line for the title', '', `\n${added}`],
    ['does not take another case for another key', 'Fix\n\nREVIEWED-BY: Ada\n', 'Fix\n\nREVIEWED-BY: Ada\n'],
    ['tells values apart by their case', 'Fix\n\nReviewed-by: ADA\n', `Fix\n\nReviewed-by: ADA\n${added}`],
  ])('%s', (_, message, wanted) => {
    expect(addTrailer(message, ada)).toBe(wanted);
    expect(addTrailer(wanted, ada)).toBe(wanted);
  });

  it('knows another character for comments', () => {
    const other = { commentPrefix: ';' };
    const message = `Fix\n\n${template.replaceAll('#', ';')}`;
    expect(addTrailer(message, ada, other)).toBe(`Fix\n\n${added}${message.slice('Fix\n'.length)}`);
  });

  it.each([
    ['', 'x'],
    ['Reviewed by', 'x'],
    ['Prüfer', 'x'],
    ['A:b', 'x'],
    ['A', 'x\nProvenance-Node: forged'],
    ['A', 'x\ry'],
    ['A', 'x\0y'],
    ['A', ' x'],
    ['A', 'x\t'],
    ['A', '\ud800'],
  ])('refuses the key %o with the value %o', (key, value) => {
    expectCode('TRAILER_INVALID', () => addTrailer('Fix\n', { key, value }));
  });
});

describe('removeTrailers', () => {
  it('takes out a trailer with the lines it is folded over, and nothing else', () => {
    const message = `Fix\n\nA: 1\nreviewed-by: Ada\n  Example\nB: 2\n\n${template}`;
    expect(removeTrailers(message, ['Reviewed-by', 'C'])).toBe(`Fix\n\nA: 1\nB: 2\n\n${template}`);
  });

  it('goes through what becomes the block, and leaves the title alone', () => {
    expect(removeTrailers('A: t\n\nA: 1\n\nA: 2\n', ['A'])).toBe('A: t\n\n\n');
    expect(removeTrailers('t\n\nA: 1\n\nprose\n\nA: 2\n', ['A'])).toBe('t\n\nA: 1\n\nprose\n\n');
  });
});
