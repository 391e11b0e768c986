import { describe, expect, it } from 'vitest';
import { showingsOf } from '../../src/ingest/showings.ts';
import { aCommit } from './a-commit.ts';

describe('showingsOf', () => {
  it('names languages, areas and what was done, each with what shows it', () => {
    const shown = showingsOf(
      aCommit({ subject: 'fix(pool): leak', paths: ['packages/api/src/pool.ts'] }),
      'acme',
    );
    expect(shown.map(({ type, name, mention }) => [type, name, mention])).toEqual([
      ['TECHNOLOGY', 'TypeScript', 'packages/api/src/pool.ts'],
      ['CONCEPT', 'packages/api', 'packages/api/src/pool.ts'],
      ['CAPABILITY', 'fix', 'fix(pool): leak'],
    ]);
    expect(shown[0]?.topics).toContain('pool');
  });
  it('shows the same of every co-author', () => {
    const trailers = [{ key: 'Co-authored-by', value: 'Bo <bo@example.com>' }];
    const shown = showingsOf(aCommit({ paths: ['a.ts'], trailers }), 'acme');
    expect(new Set(shown.map(({ agentId }) => agentId)).size).toBe(2);
  });
  it('says nothing of a commit that says nothing', () => {
    expect(showingsOf(aCommit({ subject: '…' }), 'acme')).toEqual([]);
  });
  it('keeps no e-mail address in a mention', () => {
    const shown = showingsOf(aCommit({ subject: 'fix mail to eve@example.org' }), 'acme');
    expect(JSON.stringify(shown)).not.toContain('eve@example.org');
  });
});
