import { describe, expect, it } from 'vitest';
import { checkVersions } from '../src/versions.ts';
import { Manifest } from '../src/workspace/manifest.ts';
import { aPackage, aWorkspace } from './workspace/workspaces.ts';

const fields = ['dependencies', 'devDependencies', 'optionalDependencies'];

describe('checkVersions', () => {
  it.each(fields)('accepts the catalog and the workspace in %s', (field) => {
    const manifest = { [field]: { zod: 'catalog:', '@agent-agency/db-core': 'workspace:^' } };
    expect(checkVersions(aWorkspace(aPackage('a', manifest)))).toEqual([]);
  });

  it.each(fields)('refuses a version of its own in %s', (field) => {
    const found = checkVersions(aWorkspace(aPackage('a', { [field]: { zod: '4.0.0' } })));
    expect(found).toEqual(['packages/a: zod is 4.0.0, not catalog:']);
  });

  it('refuses a workspace package by version', () => {
    const manifest = { dependencies: { '@agent-agency/db-core': '1.0.0' } };
    expect(checkVersions(aWorkspace(aPackage('a', manifest)))).toEqual([
      'packages/a: @agent-agency/db-core is 1.0.0, not workspace:',
    ]);
  });

  it('refuses what the catalog does not know', () => {
    expect(checkVersions(aWorkspace(aPackage('a', { dependencies: { kysely: 'catalog:' } })))).toEqual([
      'packages/a: kysely is not in the catalog',
    ]);
  });

  it('looks at the root as well', () => {
    const root = Manifest.parse({ name: 'root', devDependencies: { zod: '^4' } });
    expect(checkVersions({ ...aWorkspace(), root })).toEqual(['the root: zod is ^4, not catalog:']);
  });

  it('leaves peer ranges alone', () => {
    expect(checkVersions(aWorkspace(aPackage('a', { peerDependencies: { eslint: '>=9' } })))).toEqual([]);
  });
});
