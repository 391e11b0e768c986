import { describe, expect, it } from 'vitest';
import { checkMachinePaths } from '../src/machine-paths.ts';

const check = (text: string) => checkMachinePaths([{ path: 'a.md', text }]);
/** Written in parts, so that this file is not a finding itself. */
const path = (...segments: string[]) => `/${segments.join('/')}`;

describe('checkMachinePaths', () => {
  it.each([
    path('root', '.cache'),
    path('home', 'ann', 'x'),
    path('Users', 'ann.b', 'x'),
    path('work', 'main'),
    path('workspace', 'x'),
    path('workspaces', 'x'),
    ['C:', 'Users', 'ann'].join('\\'),
  ])('finds %s', (found) => {
    expect(check(`see ${found}`)).toHaveLength(1);
    expect(check(`see\n'${found}'`)).toEqual([expect.stringMatching(/^a\.md:2: /)]);
    expect(check(`file://${found}`.replace('//', ''))).toHaveLength(1);
  });

  it.each([
    path('tmp', 'x'),
    path('var', 'cache', 'x'),
    'src/root/x',
    './work/x',
    '$HOME/work/x',
    '${root}/work/x',
    'https://example.org/root/x',
    '/roots/x',
    path('home', ''),
    'packages/*/work/x',
  ])('allows %s', (text) => {
    expect(check(text)).toEqual([]);
  });
});
