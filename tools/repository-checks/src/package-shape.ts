import type { Workspace, WorkspacePackage } from './workspace/workspace.ts';

/** What every package has, and how to see that one lacks it. */
const parts: Readonly<Record<string, (workspacePackage: WorkspacePackage) => boolean>> = {
  'README.md': ({ readme }) => readme !== undefined && readme.trim() !== '',
  'a license in package.json': ({ manifest }) => manifest.license !== undefined,
  'a test script': ({ manifest }) => manifest.scripts['test'] !== undefined,
  'a test file': ({ testFiles }) => testFiles.length > 0,
  // A private package is a tool of this repository and nobody imports it.
  exports: ({ manifest }) => manifest.private || manifest.exports !== undefined,
};

/**
 * Finds packages that lack a part which every package has.
 */
export function checkPackageShape({ packages }: Pick<Workspace, 'packages'>): string[] {
  return packages.flatMap((workspacePackage) =>
    Object.entries(parts)
      .filter(([, has]) => !has(workspacePackage))
      .map(([part]) => `${workspacePackage.folder}: has no ${part.replace(/^an? /, '')}`),
  );
}
