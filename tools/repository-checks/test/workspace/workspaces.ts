import { Manifest } from '../../src/workspace/manifest.ts';
import type { Workspace, WorkspacePackage } from '../../src/workspace/workspace.ts';

/** A package in which nothing is wrong, to be spoilt by a test. */
export function aPackage(
  name: string,
  manifest: Record<string, unknown> = {},
  rest: Partial<WorkspacePackage> = {},
): WorkspacePackage {
  return {
    folder: `packages/${name}`,
    manifest: Manifest.parse({
      name: `@agent-agency/${name}`,
      license: 'MIT',
      exports: './src/index.js',
      scripts: { test: 'vitest run' },
      ...manifest,
    }),
    references: [],
    readme: '# A package',
    testFiles: ['test/a.test.ts'],
    ...rest,
  };
}

/** A workspace of these packages, with zod in its catalog. */
export function aWorkspace(...packages: WorkspacePackage[]): Workspace {
  return { root: Manifest.parse({ name: 'root' }), packages, catalog: new Set(['zod']) };
}
