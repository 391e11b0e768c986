import { shortName, workspaceDependencies } from './workspace/manifest.ts';
import type { Workspace, WorkspacePackage } from './workspace/workspace.ts';

/**
 * Which workspace packages a package may be installed with. An arrow that is not here is a decision to be made
 * and written down, not a line to be added in passing.
 */
const arrows: Readonly<Record<string, readonly string[]>> = {
  'db-core': [],
  'eslint-plugin': [],
  findings: [],
  migrations: [],
  'repository-checks': [],
  testing: [],
  'migration-lint': ['findings'],
  rls: ['db-core', 'findings'],
  tenancy: ['db-core'],
  'agent-registry': ['db-core', 'tenancy'],
  'hybrid-search': ['db-core', 'tenancy'],
  'knowledge-graph': ['db-core', 'tenancy'],
  provenance: ['db-core', 'tenancy'],
  'git-ingest': ['agent-registry', 'db-core', 'hybrid-search', 'knowledge-graph', 'provenance'],
};

/** The command line shows what all others do, so it may use any of them; lint rules are no part of it. */
const cliExcludes = 'eslint-plugin';

/** Drivers, and the one package that may list each: connections have one home, tests another. */
const drivers: Readonly<Record<string, string>> = {
  pg: 'db-core',
  'pg-pool': 'db-core',
  'pg-native': 'db-core',
  '@types/pg': 'db-core',
  postgres: 'testing',
};

/** Benchmarks measure against the drivers themselves. Nobody can import them, so no connection gets out. */
const driversExclude = 'benchmarks';

/**
 * Finds dependencies between packages that the architecture does not have.
 */
export function checkArrows({ packages }: Pick<Workspace, 'packages'>): string[] {
  return packages.flatMap(({ folder, manifest }) =>
    workspaceDependencies(manifest)
      .filter((target) => !isAllowed(shortName(manifest.name), shortName(target)))
      .map((target) => `${folder}: must not depend on ${target}`),
  );
}

/**
 * Finds packages that list a PostgreSQL driver without being its home, even for development; benchmarks may.
 */
export function checkDrivers({ packages }: Pick<Workspace, 'packages'>): string[] {
  return packages.flatMap(({ folder, manifest }) => {
    const { dependencies, devDependencies, optionalDependencies, peerDependencies } = manifest;
    const listed = { ...dependencies, ...devDependencies, ...optionalDependencies, ...peerDependencies };
    return Object.entries(drivers)
      .filter(
        ([driver, home]) => driver in listed && ![home, driversExclude].includes(shortName(manifest.name)),
      )
      .map(([driver, home]) => `${folder}: ${driver} belongs to ${home} alone`);
  });
}

/**
 * Finds packages whose project references differ from the workspace packages they depend on: a missing one builds
 * in the wrong order, one too many hides an arrow.
 */
export function checkReferences({ packages }: Pick<Workspace, 'packages'>): string[] {
  const folders = new Map(packages.map(({ folder, manifest }) => [manifest.name, folder]));
  return packages.flatMap((workspacePackage) => {
    const { folder, manifest, references = [] } = workspacePackage;
    const wanted = workspaceDependencies(manifest).map((name) => folders.get(name) ?? name);
    const given = references.map((path) => projectFolder(workspacePackage, path));
    return [
      ...wanted
        .filter((name) => !given.includes(name))
        .map((name) => `${folder}: no project reference to ${name}`),
      ...given
        .filter((name) => !wanted.includes(name))
        .map((name) => `${folder}: refers to ${name} but does not depend on it`),
    ];
  });
}

function isAllowed(from: string, to: string): boolean {
  return from === 'cli' ? to !== cliExcludes : (arrows[from] ?? []).includes(to);
}

/** The folder of the project that a reference names, relative to the repository. */
function projectFolder({ folder }: WorkspacePackage, path: string): string {
  const { pathname } = new URL(path, `file:///${folder}/`);
  return pathname.slice(1).replace(/\/tsconfig\.build\.json$/, '');
}
