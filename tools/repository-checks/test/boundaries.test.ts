import { describe, expect, it } from 'vitest';
import { checkArrows, checkDrivers, checkReferences } from '../src/boundaries.ts';
import { aPackage, aWorkspace } from './workspace/workspaces.ts';

const dependencies = (...names: string[]) => ({
  dependencies: Object.fromEntries(names.map((name) => [`@agent-agency/${name}`, 'workspace:^'])),
});

describe('checkArrows', () => {
  it.each([
    ['tenancy', 'db-core'],
    ['hybrid-search', 'tenancy'],
    ['git-ingest', 'provenance'],
    ['cli', 'testing'],
  ])('allows %s to depend on %s', (from, to) => {
    expect(checkArrows(aWorkspace(aPackage(from, dependencies(to))))).toEqual([]);
  });

  it.each([
    ['db-core', 'tenancy'],
    ['testing', 'db-core'],
    ['migrations', 'db-core'],
    ['tenancy', 'agent-registry'],
    ['knowledge-graph', 'agent-registry'],
    ['git-ingest', 'testing'],
    ['cli', 'eslint-plugin'],
    ['a-new-package', 'db-core'],
  ])('refuses %s to depend on %s', (from, to) => {
    const expected = [`packages/${from}: must not depend on @agent-agency/${to}`];
    expect(checkArrows(aWorkspace(aPackage(from, dependencies(to))))).toEqual(expected);
  });

  it.each(['peerDependencies', 'optionalDependencies'])('counts %s', (field) => {
    const manifest = { [field]: { '@agent-agency/cli': 'workspace:^' } };
    expect(checkArrows(aWorkspace(aPackage('db-core', manifest)))).toHaveLength(1);
  });

  it('leaves development dependencies alone', () => {
    const manifest = { devDependencies: { '@agent-agency/testing': 'workspace:^' } };
    expect(checkArrows(aWorkspace(aPackage('db-core', manifest)))).toEqual([]);
  });
});

describe('checkDrivers', () => {
  it('allows each driver at home', () => {
    const core = aPackage('db-core', { dependencies: { pg: 'catalog:', '@types/pg': 'catalog:' } });
    const testing = aPackage('testing', { dependencies: { postgres: 'catalog:' } });
    expect(checkDrivers(aWorkspace(core, testing))).toEqual([]);
  });

  it('allows the benchmarks both, to compare with', () => {
    const drivers = { pg: 'catalog:', '@types/pg': 'catalog:', postgres: 'catalog:' };
    const benchmarks = aPackage('benchmarks', { devDependencies: drivers }, { folder: 'benchmarks' });
    expect(checkDrivers(aWorkspace(benchmarks))).toEqual([]);
  });

  it.each([
    ['testing', 'pg', 'devDependencies'],
    ['db-core', 'postgres', 'devDependencies'],
    ['cli', 'pg-pool', 'dependencies'],
    ['cli', '@types/pg', 'devDependencies'],
    ['cli', 'pg', 'peerDependencies'],
  ])('refuses %s to list %s in %s', (name, driver, field) => {
    const found = checkDrivers(aWorkspace(aPackage(name, { [field]: { [driver]: 'catalog:' } })));
    expect(found).toEqual([expect.stringMatching(new RegExp(`^packages/${name}: ${driver} belongs to `))]);
  });
});

describe('checkReferences', () => {
  const core = aPackage('db-core');
  const migrations = aPackage('migrations', {}, { folder: 'migrations' });
  const cli = (...references: string[]) =>
    aPackage('cli', dependencies('db-core', 'migrations'), { references });

  it('accepts references that equal the dependencies, however the path is written', () => {
    const given = cli('../../packages/db-core/tsconfig.build.json', '../../migrations/tsconfig.build.json');
    expect(checkReferences(aWorkspace(core, migrations, given))).toEqual([]);
    const short = cli('../db-core/tsconfig.build.json', '../../migrations/tsconfig.build.json');
    expect(checkReferences(aWorkspace(core, migrations, short))).toEqual([]);
  });

  it('names a dependency without a reference', () => {
    expect(checkReferences(aWorkspace(core, migrations, cli('../db-core/tsconfig.build.json')))).toEqual([
      'packages/cli: no project reference to migrations',
    ]);
  });

  it('names a reference without a dependency', () => {
    const tenancy = aPackage('tenancy', {}, { references: ['../db-core/tsconfig.build.json'] });
    expect(checkReferences(aWorkspace(core, tenancy))).toEqual([
      'packages/tenancy: refers to packages/db-core but does not depend on it',
    ]);
  });

  it('refuses a reference to a project that is not the built one', () => {
    const tenancy = aPackage('tenancy', dependencies('db-core'), {
      references: ['../db-core/tsconfig.test.json'],
    });
    expect(checkReferences(aWorkspace(core, tenancy))).toHaveLength(2);
  });

  it('asks a package with dependencies for a project file', () => {
    const tenancy = aPackage('tenancy', dependencies('db-core'), { references: undefined });
    expect(checkReferences(aWorkspace(core, tenancy))).toHaveLength(1);
  });
});
