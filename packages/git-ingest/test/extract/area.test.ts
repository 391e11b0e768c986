import { describe, expect, it } from 'vitest';

import { areaOf } from '../../src/extract/area.ts';

describe('areaOf', () => {
  it.each([
    ['README.md', '(root)'],
    ['', '(root)'],
    ['docs/guide/start.md', 'docs'],
    ['.github/workflows/ci.yml', '.github'],
    ['packages/README.md', 'packages'],
    ['packages/api/package.json', 'packages/api'],
    ['packages/api/src/index.ts', 'packages/api'],
    ['packages/@scope/api/index.ts', 'packages/@scope/api'],
    ['packages/@scope/README.md', 'packages/@scope'],
    ['src/index.ts', 'src'],
    ['src/search/rank.ts', 'src/search'],
    ['crates/core/src/lib.rs', 'crates/core'],
    ['cmd/server/main.go', 'cmd/server'],
    ['a/b/c/d/e/f/g', 'a'],
    ['services/x/y/z/w/v', 'services/x'],
  ])('of %j is %j', (path, area) => {
    expect(areaOf(path)).toBe(area);
  });

  it('is never longer than 200 characters, however long the path', () => {
    expect(areaOf(`${'x'.repeat(5000)}/a`)).toHaveLength(200);
    expect(areaOf(`src/${'x'.repeat(5000)}/a`)).toHaveLength(200);
    expect(areaOf('a/'.repeat(1_000_000))).toBe('a');
  });
});
