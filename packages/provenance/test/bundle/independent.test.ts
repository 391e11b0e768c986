import { describe, expect, it } from 'vitest';
import { verifyBundle } from '../../src/bundle/verify-bundle.ts';
import { trust } from './bundled-log.ts';
import { cases } from './cases.ts';
import { judgeIndependently, runsPython, written } from './judge-independently.ts';
import { misspelt } from './misspelt.ts';

/** Half a surrogate pair cannot be written, and what is huge is for us to refuse quickly. */
function isWritable([, bundle]: (typeof misspelt)[number]): boolean {
  return bundle.length < 100_000 && (typeof bundle !== 'string' || bundle.isWellFormed());
}

describe.skipIf(!runsPython)('the independent verifier of bundles', () => {
  it('judges as we do', () => {
    const all = [
      ...cases.map(([what, bundle, held]) => [what, bundle, held] as const),
      ...misspelt.filter(isWritable).map(([what, bundle]) => [what, bundle, trust] as const),
    ];
    const verdicts = judgeIndependently(all.map(([, bundle, held]) => [bundle, held]));
    const theirs = all.map(([what], place) => [what, verdicts[place]]);
    expect(theirs).toEqual(all.map(([what, bundle, held]) => [what, written(verifyBundle(bundle, held))]));
  });
});
