import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { GitIngestError } from '../../src/errors.ts';
import { CommitParser } from '../../src/git/commit-parser.ts';
import type { Commit } from '../../src/git/commit.ts';

const text = fc.string({ unit: 'grapheme' }).map((value) => value.replaceAll('\0', ''));
const path = fc.oneof(
  text.filter((value) => value !== ''),
  fc.constantFrom('A', '\nM', 'a'.repeat(40), 'b'.repeat(64)),
);
const rawCommit = fc.record({
  id: fc.stringMatching(/^[0-9a-f]{40}$/),
  author: text,
  message: text,
  paths: fc.array(path, { maxLength: 5 }),
});

type RawCommit = typeof rawCommit extends fc.Arbitrary<infer T> ? T : never;

/** What git prints for a commit. */
function printed({ id, author, message, paths }: RawCommit): string {
  const fields = [id, 'c'.repeat(40), 'd'.repeat(40), author, 'e', '1', 'n', 'e', '2', message, 'X: y\n'];
  const changes = paths.map((name, index) => `${index === 0 ? '\n' : ''}M\0${name}\0`);
  return fields.map((field) => `${field}\0`).join('') + changes.join('');
}

function parse(bytes: Buffer, cuts: readonly number[]): Commit[] {
  const parser = new CommitParser(500);
  const edges = [0, ...cuts.map((cut) => cut % (bytes.length + 1)).sort((a, b) => a - b), bytes.length];
  const commits = edges
    .slice(1)
    .flatMap((edge, index) => [...parser.push(bytes.subarray(edges[index], edge))]);
  const last = parser.end();
  return last === undefined ? commits : [...commits, last];
}

describe('CommitParser', () => {
  it('reads back what was printed, wherever the stream is cut into chunks', () => {
    fc.assert(
      fc.property(
        fc.array(rawCommit, { maxLength: 6 }),
        fc.array(fc.nat(), { maxLength: 20 }),
        (raw, cuts) => {
          const commits = parse(Buffer.from(raw.map(printed).join('')), cuts);
          expect(
            commits.map(({ id, author, message, changes }) => ({
              id,
              author: author.name,
              message,
              paths: [...changes.paths],
            })),
          ).toEqual(raw);
        },
      ),
    );
  });

  it('never takes a part of the output for the whole [GIT_OUTPUT_INVALID]', () => {
    fc.assert(
      fc.property(fc.array(rawCommit, { minLength: 1, maxLength: 3 }), fc.nat(), (raw, cut) => {
        const bytes = Buffer.from(raw.map(printed).join(''));
        const part = bytes.subarray(0, cut % bytes.length);
        // Whole values up to the end of a commit or of a change are all that may pass.
        const isWhole = part.length === 0 || part.at(-1) === 0;
        const outcome = ((): unknown => {
          try {
            return parse(part, []);
          } catch (error) {
            return error;
          }
        })();
        if (!isWhole) expect(outcome).toBeInstanceOf(GitIngestError);
        else if (Array.isArray(outcome)) expect(outcome.length).toBeLessThanOrEqual(raw.length);
      }),
    );
  });

  it('refuses output that stops between two values of a commit [GIT_OUTPUT_INVALID]', () => {
    const whole = printed({ id: 'a'.repeat(40), author: 'n', message: 'm', paths: ['p'] })
      .split('\0')
      .slice(0, -1);
    const outcome = (count: number): number | string => {
      try {
        return parse(
          Buffer.from(
            whole
              .slice(0, count)
              .map((value) => `${value}\0`)
              .join(''),
          ),
          [],
        ).length;
      } catch (error) {
        return error instanceof GitIngestError ? error.code : 'another error';
      }
    };
    const invalid = 'GIT_OUTPUT_INVALID';
    // Nothing; one to ten of the eleven fields; all of them; a status without its path; the path.
    expect(Array.from({ length: 14 }, (_, count) => outcome(count))).toEqual([
      0,
      ...Array.from({ length: 10 }, () => invalid),
      1,
      invalid,
      1,
    ]);
  });

  it('refuses output that does not begin with a commit id [GIT_OUTPUT_INVALID]', () => {
    const error = expect.objectContaining({ code: 'GIT_OUTPUT_INVALID' }) as Error;
    expect(() => parse(Buffer.from('warning\0'), [])).toThrow(error);
    expect(() =>
      parse(Buffer.from(`${printed({ id: 'a'.repeat(40), author: '', message: '', paths: [] })}R100\0`), []),
    ).toThrow(error);
  });
});
