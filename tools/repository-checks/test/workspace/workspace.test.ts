import { describe, expect, it } from 'vitest';
import { repositoryRoot } from '../../src/repository-root.ts';
import { workspaceDependencies, shortName } from '../../src/workspace/manifest.ts';
import { readWorkspace } from '../../src/workspace/workspace.ts';
import { aPackage } from './workspaces.ts';

describe('readWorkspace', () => {
  const { packages, root, catalog } = readWorkspace(repositoryRoot);

  it('finds the packages of every workspace pattern', () => {
    const folders = packages.map(({ folder }) => folder);
    expect(folders).toContain('migrations');
    expect(folders).toContain('packages/db-core');
    expect(folders).toContain('tools/repository-checks');
    expect(folders.filter((folder) => folder.includes('node_modules'))).toEqual([]);
  });

  it('reads what the checks need', () => {
    const here = packages.find(({ folder }) => folder === 'tools/repository-checks');
    expect(here?.testFiles).toContain('test/workspace/workspace.test.ts');
    expect(here?.readme).toMatch(/^# /);
    expect(here?.references).toBeUndefined();
    expect(packages.find(({ folder }) => folder === 'packages/tenancy')?.references).not.toEqual([]);
    expect(root.private).toBe(true);
    expect(catalog).toContain('zod');
  });
});

describe('workspaceDependencies', () => {
  it('lists only packages of this workspace, sorted', () => {
    const { manifest } = aPackage('a', {
      dependencies: { zod: 'catalog:', '@agent-agency/b': 'workspace:^' },
      peerDependencies: { '@agent-agency/a': 'workspace:^' },
    });
    expect(workspaceDependencies(manifest)).toEqual(['@agent-agency/a', '@agent-agency/b']);
  });
});

describe('shortName', () => {
  it('drops the scope', () => {
    expect(['@agent-agency/cli', 'zod'].map(shortName)).toEqual(['cli', 'zod']);
  });
});
