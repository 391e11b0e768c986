import { createHash } from 'node:crypto';

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { factsOf } from '../../src/extract/facts.ts';
import { agentIdOf } from '../../src/extract/participants.ts';
import { commitWith } from './commit-of.ts';

/** Every string in a JSON value, keys included. Fails on what is not JSON, NUL and halves of characters included. */
function stringsIn(value: unknown): string[] {
  if (typeof value === 'string') {
    expect(value.isWellFormed() && !value.includes('\0')).toBe(true);
    return [value];
  }
  if (Array.isArray(value)) return value.flatMap(stringsIn);
  if (typeof value === 'object' && value !== null) {
    expect(Object.getPrototypeOf(value)).toBe(Object.prototype);
    return Object.entries(value).flatMap(([key, part]) => [key, ...stringsIn(part)]);
  }
  expect(typeof value === 'boolean' || Number.isSafeInteger(value)).toBe(true);
  return [];
}

const anyText = fc.string({ unit: 'binary' });
const email = fc.oneof(
  fc.emailAddress(),
  fc.constantFrom('root@box.(none)', 'a@1.0', 'x y@z', 'BOB@LOCAL', 'a.*+@b|c'),
);
/** Text with one of the addresses in it, at a place and in a case of its own. */
const textWith = (emails: readonly string[]): fc.Arbitrary<string> =>
  fc
    .tuple(anyText, fc.constantFrom(...emails), fc.boolean(), anyText)
    .map(
      ([before, address, isUpper, after]) =>
        `${before} ${isUpper ? address.toUpperCase() : address} ${after}`,
    );

describe('factsOf', () => {
  it('has no e-mail address of anybody in clear, anywhere', () => {
    const commit = fc.tuple(email, email, email, email).chain(([author, committer, coAuthor, reviewer]) => {
      const text = textWith([author, committer, coAuthor, reviewer]);
      return fc.record({
        emails: fc.constant([author, committer, coAuthor, reviewer] as const),
        message: text,
        names: fc.tuple(text, text, text, text),
        value: text,
        area: text,
      });
    });
    fc.assert(
      fc.property(commit, ({ emails, message, names, value, area }) => {
        const [author, committer, coAuthor, reviewer] = emails;
        const person = (index: number): string => (names[index] ?? '').replaceAll(/[<>\n]/g, '');
        const facts = factsOf(
          commitWith({
            message,
            author: { name: person(0), email: author },
            committer: { name: person(1), email: committer },
            trailers: [
              { key: 'Co-authored-by', value: `${person(2)} <${coAuthor}>` },
              { key: 'Reviewed-by', value: `${person(3)} <${reviewer}>` },
              { key: 'Cc', value },
            ],
            changes: {
              fileCount: 1,
              languages: new Map(),
              areas: new Map([[area, 1]]),
              paths: [area],
              isBulk: false,
            },
          }),
          'acme',
        );
        for (const shown of stringsIn(facts)) {
          for (const address of emails) expect(shown.toLowerCase()).not.toContain(address.toLowerCase());
        }
      }),
      { numRuns: 500 },
    );
  });

  it('is plain JSON that survives a round trip, whatever the text', () => {
    fc.assert(
      fc.property(anyText, anyText, anyText, fc.nat(), (message, name, key, fileCount) => {
        const counts = new Map([[key, fileCount]]);
        const facts = factsOf(
          commitWith({
            message: `${message}\0\uD800`,
            author: { name: `${name}\uDC00`, email: '' },
            trailers: [{ key, value: message }],
            changes: { fileCount, languages: new Map(), areas: counts, paths: [], isBulk: true },
          }),
          'acme',
        );
        stringsIn(facts);
        expect(JSON.parse(JSON.stringify(facts))).toEqual(facts);
      }),
    );
  });
});

describe('factsOf of one commit', () => {
  it('has the facts of the schema git-commit/1 and nothing else', () => {
    const message =
      'feat: ask bob@example.com\n\nReviewed-by: Bob <bob@example.com>\nCc: carol@example.org\n';
    const facts = factsOf(
      commitWith({
        message,
        subject: 'feat: ask bob@example.com',
        parents: ['c'.repeat(40)],
        trailers: [
          { key: 'Reviewed-by', value: 'Bob <bob@example.com>' },
          { key: 'Cc', value: 'carol@example.org' },
        ],
        changes: {
          fileCount: 3,
          languages: new Map([
            ['TypeScript', 2],
            ['Go', 1],
          ]),
          areas: new Map([
            ['src', 2],
            ['bob@example.com', 1],
          ]),
          paths: ['x'],
          isBulk: false,
        },
      }),
      'acme',
    );
    const ada = { agent: agentIdOf('ada@example.com', 'acme'), name: 'Ada Example' };
    expect(facts).toStrictEqual({
      schema: 'git-commit/1',
      commit: 'a'.repeat(40),
      tree: 'b'.repeat(40),
      parents: ['c'.repeat(40)],
      author: ada,
      committer: ada,
      authoredAt: '2024-01-01T00:00:00.000Z',
      committedAt: '2024-01-02T00:00:00.000Z',
      subject: 'feat: ask <redacted>',
      messageSha256: createHash('sha256').update(message).digest('hex'),
      trailers: [
        { key: 'Reviewed-by', agent: agentIdOf('bob@example.com', 'acme'), name: 'Bob' },
        { key: 'Cc', value: '<redacted>' },
      ],
      files: {
        count: 3,
        languages: [
          { name: 'Go', files: 1 },
          { name: 'TypeScript', files: 2 },
        ],
        areas: [
          { name: '<redacted>', files: 1 },
          { name: 'src', files: 2 },
        ],
        bulk: false,
      },
      lossy: false,
    });
  });

  it('stays within its bounds and loses no file from the count of areas', () => {
    const areas = new Map(
      Array.from({ length: 200 }, (_, index): [string, number] => [`area-${index}`, index + 1]),
    );
    const total = [...areas.values()].reduce((sum, files) => sum + files, 0);
    const facts = factsOf(
      commitWith({
        subject: `${'x'.repeat(499)}😀`,
        trailers: Array.from({ length: 200 }, () => ({ key: 'k'.repeat(500), value: 'v'.repeat(500) })),
        changes: { fileCount: total, languages: new Map(), areas, paths: [], isBulk: true },
      }),
      'acme',
    );
    expect(facts.subject).toBe('x'.repeat(499));
    expect(facts.trailers).toHaveLength(50);
    expect(facts.trailers[0]).toEqual({ key: 'k'.repeat(100), value: 'v'.repeat(200) });
    expect(facts.files.areas).toHaveLength(50);
    expect(facts.files.areas.reduce((sum, { files }) => sum + files, 0)).toBe(total);
    // The largest are kept: 49 of them, and the other 151 together.
    expect(facts.files.areas.map(({ name }) => name)).toContain('area-199');
    expect(facts.files.areas.map(({ name }) => name)).not.toContain('area-0');
    expect(facts.files.areas).toContainEqual({ name: '(other)', files: (151 * 152) / 2 });
  });

  it('does not cut an address so that its beginning remains', () => {
    const { subject } = factsOf(commitWith({ subject: `${'x'.repeat(490)} bob.smith@example.com` }), 'acme');
    expect(subject).toBe(`${'x'.repeat(490)} <redacted`);
  });
});
