import { createLexicalHashEmbeddings } from '@agent-agency/hybrid-search';
import { describe, expect, it } from 'vitest';
import { embedTallies, tallyOf } from '../../src/ingest/demonstrations.ts';
import { showingsOf } from '../../src/ingest/showings.ts';
import { aCommit } from './a-commit.ts';

const at = (day: number): Date => new Date(Date.UTC(2024, 0, day));

describe('tallyOf', () => {
  it('adds up counts and widens the span, whatever the order', () => {
    const commits = [
      aCommit({ paths: ['a.ts'], authoredAt: at(3) }),
      aCommit({ paths: ['b.ts'], authoredAt: at(1) }),
    ];
    const language = tallyOf(commits.flatMap((commit) => showingsOf(commit, 'acme'))).find(
      ({ name }) => name === 'TypeScript',
    );
    expect(language).toMatchObject({ count: 2, firstAt: at(1), lastAt: at(3) });
  });
  it('takes names that differ in case or spacing for one capability', () => {
    const commits = ['Docs/a.md', 'docs/b.md'].map((path) => aCommit({ paths: [path], subject: '' }));
    const areas = tallyOf(commits.flatMap((commit) => showingsOf(commit, 'acme'))).filter(
      ({ type }) => type === 'CONCEPT',
    );
    expect(areas.map(({ canonicalName, count }) => [canonicalName, count])).toEqual([['docs', 2]]);
  });
});

describe('embedTallies', () => {
  it('puts new words before the known ones, each once, and no more than 24', async () => {
    const [tally] = tallyOf(showingsOf(aCommit({ subject: 'add parser cache', paths: ['a.ts'] }), 'acme'));
    if (tally === undefined) throw new Error('a commit with a file shows something');
    const known = Array.from({ length: 24 }, (_, place) => (place === 0 ? 'cache' : `word${String(place)}`));
    const [demonstration] = await embedTallies(
      [tally],
      [{ ...tally, topics: known }],
      createLexicalHashEmbeddings(),
    );
    expect(demonstration?.topics).toHaveLength(24);
    expect(demonstration?.topics.slice(0, 3)).toEqual(['parser', 'cache', 'word1']);
  });
  it('embeds a folder whose name has no letter', async () => {
    const tallies = tallyOf(showingsOf(aCommit({ subject: '', paths: ['___/x'] }), 'acme'));
    const demonstrations = await embedTallies(tallies, [], createLexicalHashEmbeddings());
    expect(demonstrations.map(({ name }) => name)).toEqual(['___']);
  });
});
