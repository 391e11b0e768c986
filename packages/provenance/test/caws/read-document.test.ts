import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { maxDocumentLength, readCawsDocument } from '../../src/caws/read-document.ts';
import { expectCode } from '../fixtures/expect-code.ts';

const refused = (text: string): string =>
  expectCode('DOCUMENT_INVALID', () => readCawsDocument(text)).message;

describe('readCawsDocument', () => {
  it.each([
    ['a: 1\nb: [x, "y", true, null, 1.5]', { a: 1, b: ['x', 'y', true, null, 1.5] }],
    ['{"a": {"b": [1, "\\u00e9"]}}', { a: { b: [1, 'é'] } }],
    ['no: yes\noff: on', { no: 'yes', off: 'on' }],
    ['at: 2025-12-31\nlater: 2025-12-31T23:59:59Z', { at: '2025-12-31', later: '2025-12-31T23:59:59Z' }],
    ['1: a\ntrue: b', { '1': 'a', true: 'b' }],
    ['id: 0010\noctal: 0o10\nhex: 0x10', { id: 10, octal: 8, hex: 16 }],
    [
      '[9007199254740992, -0x20000000000000, +0010, 1e21, 1000000000000000000000]',
      [2 ** 53, '-0x20000000000000', 10, 1e21, 1e21],
    ],
    ['a: &x {b: 1}\nc: *x', { a: { b: 1 }, c: { b: 1 } }],
    ['a: &x {b: 1}\nc: {<<: *x}', { a: { b: 1 }, c: { '<<': { b: 1 } } }],
    ['# nothing', null],
    ['a: |\n  two\n  lines\n', { a: 'two\nlines\n' }],
  ])('reads %j', (text, value) => {
    expect(readCawsDocument(text)).toEqual(value);
  });

  it.each([
    ['a key twice', 'a: 1\nb: {c: 1,\n  "c": 2}', 'line 3: has a key for the second time'],
    ['a key twice in JSON', '{"a": 1, "a": 2}', 'line 1: has a key for the second time'],
    ['one key, written as number and as text', '1: a\n"1": b', 'line 2: has a key for the second time'],
    ['a tag', 'a: !secret x', 'line 1: TAG_RESOLVE_FAILED'],
    ['a tag of YAML that is not in the core schema', 'a: !!binary aGk=', 'line 1: TAG_RESOLVE_FAILED'],
    ['a directive', '%YAML 1.1\n---\na: yes', 'document: has directives'],
    ['a second document', 'a: 1\n---\na: 2', 'document: is more than one'],
    ['a key that is no scalar', '? [a]\n: 1', 'line 1: NON_STRING_KEY'],
    ['an alias as key', 'a: &x k\n*x : 2', 'line 2: NON_STRING_KEY'],
    ['an alias without anchor', 'a: *secret', 'document: has an alias without anchor'],
    ['an integer beyond 2^53', 'a:\n  b: 9007199254740993', 'line 2: has a number that JSON cannot hold'],
    [
      'one that is written differently',
      'a: 2996151254234586112',
      'line 1: has a number that JSON cannot hold',
    ],
    ['one in hexadecimal', 'a: 0x20000000000001', 'line 1: has a number that JSON cannot hold'],
    ['infinity', 'a: -.inf', 'line 1: has a number that JSON cannot hold'],
    ['a number that overflows', 'a: 1e400', 'line 1: has a number that JSON cannot hold'],
    ['broken YAML', 'a: [1, 2\nb: 3', 'line'],
    ['tabs as indentation', 'a:\n\t- b', 'line'],
  ])('refuses %s', (_, text, problem) => {
    expect(refused(text)).toContain(problem);
  });

  it('says once that a key is there twice', () => {
    expect(refused('a: 1\na: 2')).toBe('this document cannot be read: line 2: has a key for the second time');
  });

  it('lists all problems, and never what stands there', () => {
    const message = refused('a: !secret 1\nb: .nan\nhidden: 1\nhidden: 2');
    expect(message).toContain('line 1: TAG');
    expect(message).toContain('line 2: has a number');
    expect(message).toContain('line 4: has a key');
    expect(message).not.toMatch(/secret|hidden/);
  });

  it('lists the first hundred problems, and counts the others', () => {
    const error = expectCode('DOCUMENT_INVALID', () =>
      readCawsDocument('[.nan,\n'.repeat(1) + '.nan,\n'.repeat(149) + ']'),
    );
    expect(error.details).toEqual({ problems: 150 });
    expect(error.message.split('; ')).toHaveLength(101);
    expect(error.message).toMatch(/; and 50 more$/);
  });
});

describe('readCawsDocument, of JSON', () => {
  it('reads what JSON.parse reads', () => {
    fc.assert(
      fc.property(fc.jsonValue({ stringUnit: 'binary' }), fc.nat(3), (value, indent) => {
        const text = JSON.stringify(value, undefined, indent);
        expect(readCawsDocument(text)).toEqual(JSON.parse(text));
      }),
    );
  });
});

describe('readCawsDocument, of hostile text', () => {
  it('throws nothing but its own error', () => {
    const sign = fc.constantFrom(...Array.from('[]{}:,-?!&*|>%@`"\'# \n\tab1.~<=\\0xe+_'));
    fc.assert(
      fc.property(fc.array(sign, { maxLength: 60 }), (signs) => {
        try {
          readCawsDocument(signs.join(''));
        } catch (error) {
          expect(error).toHaveProperty('code', 'DOCUMENT_INVALID');
        }
      }),
    );
  });

  // Composing these would end the process, not throw: deeper than the limit never gets there.
  it.each(['[', '{a: ', '- ', '? ', ': ', '[{a: '])('refuses %j, over and over', (opening) => {
    expect(refused(opening.repeat(5_000))).toContain('document: nests deeper than 128 levels');
  });

  it('reads 128 levels and refuses 129', () => {
    expect(JSON.stringify(readCawsDocument('['.repeat(128) + ']'.repeat(128)))).toHaveLength(256);
    expect(refused('['.repeat(129) + ']'.repeat(129))).toContain('deeper');
    expect(JSON.stringify(readCawsDocument('- '.repeat(128)))).toBe(
      '['.repeat(128) + 'null' + ']'.repeat(128),
    );
    expect(refused('- '.repeat(129))).toContain('deeper');
  });

  it('refuses text that is too long', () => {
    expect(readCawsDocument('a'.repeat(maxDocumentLength))).toHaveLength(maxDocumentLength);
    expect(refused('a'.repeat(maxDocumentLength + 1))).toContain('longer than 131072');
  });

  it('refuses aliases of aliases, too many aliases, and one that holds itself', () => {
    const laughs = Array.from(
      'bcdefghij',
      (name, at) => `${name}: &${name} [*${'abcdefghi'.charAt(at)}, *${'abcdefghi'.charAt(at)}]`,
    );
    expect(refused(['a: &a [x]', ...laughs].join('\n'))).toContain('grow beyond measure');
    expect(refused('a: &a {b: [*a]}')).toContain('line 1: has an alias within what it stands for');
    expect(refused(`a: &a 1\nb: [${'*a,'.repeat(101)}]`)).toContain('more than 100 aliases');
    expect(readCawsDocument(`a: &a 1\nb: [${'*a,'.repeat(100)}]`)).toHaveProperty('b.length', 100);
  });

  it('reads many keys in time that grows with them', () => {
    const text = Array.from({ length: 4_000 }, (_, at) => `k${String(at)}: `).join('\n');
    expect(Object.keys(readCawsDocument(text) as object)).toHaveLength(4_000);
  });
});
