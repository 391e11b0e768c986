import { describe, expect, it } from 'vitest';
import { isObjectId, objectFormatOf, parseObjectId } from '../../src/git/object-id.ts';
import { expectCode } from '../fixtures/expect-code.ts';

const sha1 = '4b825dc642cb6eb9a060e54bf8d69288fbee4904';
const sha256 = '6ef19b41225c5369f1c104d45d8d85efa9b057b53b14b4b9b939dd74decc5321';

describe('parseObjectId', () => {
  it('takes ids of both formats, and tells them apart', () => {
    expect(objectFormatOf(parseObjectId(sha1))).toBe('sha1');
    expect(objectFormatOf(parseObjectId(sha256))).toBe('sha256');
  });

  it.each([
    ['an abbreviation', sha1.slice(0, 12)],
    ['a length between the two', sha256.slice(0, 50)],
    ['a digit more', `${sha256}0`],
    ['capitals', sha1.toUpperCase()],
    ['a name', 'HEAD'],
    ['a line feed after it', `${sha1}\n`],
    ['white space before it', ` ${sha1}`],
    ['the null id', '0'.repeat(40)],
    ['the null id of SHA-256', '0'.repeat(64)],
    ['nothing', ''],
    ['no text', [sha1]],
    ['undefined', undefined],
  ])('refuses %s', (_, text) => {
    expect(isObjectId(text)).toBe(false);
    expectCode('GIT_OBJECT_ID_INVALID', () => parseObjectId(text));
  });
});
