import { describe, expect, it } from 'vitest';
import { cooccurrencesOf } from '../../src/ingest/contexts.ts';
import { aCommit } from './a-commit.ts';

const scope = { tenantId: 'acme', project: 'root', windowDays: 90 };
const bo = { name: 'Bo', email: 'bo@example.com' };
const day = (days: number): Date => new Date(Date.UTC(2024, 0, 1) + days * 86_400_000);

describe('cooccurrencesOf', () => {
  it('puts two authors of one file in one window into one context', () => {
    const seen = cooccurrencesOf(
      [aCommit({ paths: ['a.ts'] }), aCommit({ author: bo, paths: ['a.ts'], authoredAt: day(1) })],
      scope,
    );
    expect(seen).toHaveLength(2);
    expect(new Set(seen.map((row) => row.contextId)).size).toBe(1);
    expect(new Set(seen.map((row) => row.agentId)).size).toBe(2);
  });
  it('keeps other files, windows, projects and window lengths apart', () => {
    const contextOf = (path: string, at: Date, other: Partial<typeof scope> = {}): string | undefined =>
      cooccurrencesOf([aCommit({ paths: [path], authoredAt: at })], { ...scope, ...other })[0]?.contextId;
    const contexts = [
      contextOf('a.ts', day(0)),
      contextOf('b.ts', day(0)),
      contextOf('a.ts', day(90)),
      contextOf('a.ts', day(0), { project: 'other' }),
      contextOf('a.ts', day(0), { windowDays: 30 }),
    ];
    expect(new Set(contexts).size).toBe(5);
    expect(contextOf('a.ts', day(0))).toBe(contexts[0]);
  });
  it('notes an agent once a context, at the latest time', () => {
    const seen = cooccurrencesOf(
      [aCommit({ paths: ['a.ts'], authoredAt: day(5) }), aCommit({ paths: ['a.ts'], authoredAt: day(3) })],
      scope,
    );
    expect(seen.map((row) => row.observedAt)).toEqual([day(5)]);
  });
  it('counts co-authors, and leaves out changes whose paths are not kept', () => {
    const trailers = [{ key: 'Co-authored-by', value: 'Bo <bo@example.com>' }];
    expect(cooccurrencesOf([aCommit({ paths: ['a.ts'], trailers })], scope)).toHaveLength(2);
    expect(cooccurrencesOf([aCommit({ paths: [] })], scope)).toEqual([]);
  });
});
