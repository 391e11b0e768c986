import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import { Manifest } from './manifest.ts';

const PnpmWorkspace = z.looseObject({
  packages: z.array(z.string()),
  catalog: z.record(z.string(), z.string()),
});

/** A package of the workspace and what the checks need to know of its folder. */
export interface WorkspacePackage {
  /** Relative to the repository, with forward slashes. */
  readonly folder: string;
  readonly manifest: Manifest;
  /** The `references` of tsconfig.build.json, or undefined where there is none. */
  readonly references: readonly string[] | undefined;
  /** Text of README.md, or undefined where there is none. */
  readonly readme: string | undefined;
  /** Paths of the test files, relative to the folder. */
  readonly testFiles: readonly string[];
}

/** The repository as its package manager sees it. */
export interface Workspace {
  readonly root: Manifest;
  readonly packages: readonly WorkspacePackage[];
  /** The names for which a version is fixed centrally. */
  readonly catalog: ReadonlySet<string>;
}

const BuildProject = z.looseObject({ references: z.array(z.object({ path: z.string() })).default([]) });

/**
 * Reads the workspace from disk.
 *
 * @throws ZodError or SyntaxError when a manifest, a project file or the workspace file is malformed
 */
export function readWorkspace(root: string): Workspace {
  const workspace = PnpmWorkspace.parse(parse(readFileSync(join(root, 'pnpm-workspace.yaml'), 'utf8')));
  const manifests = globSync(
    workspace.packages.map((pattern) => `${pattern}/package.json`),
    { cwd: root, exclude: ['**/node_modules'] },
  );
  return {
    root: readManifest(join(root, 'package.json')),
    packages: manifests.sort().map((path) => readPackage(root, dirname(path))),
    catalog: new Set(Object.keys(workspace.catalog)),
  };
}

function readPackage(root: string, folder: string): WorkspacePackage {
  const within = (name: string) => join(root, folder, name);
  return {
    folder: folder.replaceAll('\\', '/'),
    manifest: readManifest(within('package.json')),
    references: readReferences(within('tsconfig.build.json')),
    readme: existsSync(within('README.md')) ? readFileSync(within('README.md'), 'utf8') : undefined,
    testFiles: globSync('test/**/*.test.{ts,js}', { cwd: join(root, folder) }),
  };
}

function readManifest(path: string): Manifest {
  return Manifest.parse(JSON.parse(readFileSync(path, 'utf8')));
}

function readReferences(path: string): string[] | undefined {
  if (!existsSync(path)) return undefined;
  return BuildProject.parse(JSON.parse(readFileSync(path, 'utf8'))).references.map(
    (reference) => reference.path,
  );
}
