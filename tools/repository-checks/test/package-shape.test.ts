import { describe, expect, it } from 'vitest';
import { checkPackageShape } from '../src/package-shape.ts';
import { aPackage, aWorkspace } from './workspace/workspaces.ts';

describe('checkPackageShape', () => {
  it('finds nothing in a whole package', () => {
    expect(checkPackageShape(aWorkspace(aPackage('a')))).toEqual([]);
  });

  it.each([
    ['README.md', aPackage('a', {}, { readme: undefined })],
    ['README.md', aPackage('a', {}, { readme: '\n' })],
    ['license in package.json', aPackage('a', { license: undefined })],
    ['test script', aPackage('a', { scripts: { build: 'tsc -b' } })],
    ['test file', aPackage('a', {}, { testFiles: [] })],
    ['exports', aPackage('a', { exports: undefined })],
  ])('misses %s', (part, spoilt) => {
    expect(checkPackageShape(aWorkspace(spoilt))).toEqual([`packages/a: has no ${part}`]);
  });

  it('asks a private package for no exports', () => {
    const tool = aPackage('a', { private: true, exports: undefined });
    expect(checkPackageShape(aWorkspace(tool))).toEqual([]);
  });
});
