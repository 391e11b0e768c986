import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseWorkingSpec, readCawsDocument } from '@agent-agency/provenance';
import { describe, expect, it } from 'vitest';
import { checkArrows, checkDrivers, checkReferences } from '../src/boundaries.ts';
import { checkWorkingSpec } from '../src/caws/check-working-spec.ts';
import { checkChangesets } from '../src/changesets.ts';
import { checkMachinePaths } from '../src/machine-paths.ts';
import { checkPackageShape } from '../src/package-shape.ts';
import { checkReadme } from '../src/readme/check-readme.ts';
import { readEntryPoints } from '../src/readme/entry-points.ts';
import { repositoryRoot } from '../src/repository-root.ts';
import { readSourceFiles } from '../src/source-files.ts';
import { checkVersions } from '../src/versions.ts';
import { readWorkspace } from '../src/workspace/workspace.ts';

const workspace = readWorkspace(repositoryRoot);
const read = (path: string) => readFileSync(join(repositoryRoot, path), 'utf8');

describe('the workspace', () => {
  it('has no dependency that the architecture does not have', () => {
    expect(checkArrows(workspace)).toEqual([]);
  });

  it('lists each PostgreSQL driver in one package', () => {
    expect(checkDrivers(workspace)).toEqual([]);
  });

  it('builds in the order of its dependencies', () => {
    expect(checkReferences(workspace)).toEqual([]);
  });

  it('takes every version from the catalog', () => {
    expect(checkVersions(workspace)).toEqual([]);
  });

  it('gives every package a version of its own', () => {
    expect(checkChangesets(JSON.parse(read('.changeset/config.json')))).toEqual([]);
  });

  it('has packages that are whole', () => {
    expect(checkPackageShape(workspace)).toEqual([]);
  });
});

describe('the READMEs', () => {
  const entryPoints = readEntryPoints(repositoryRoot, workspace);

  it.each(workspace.packages)('show examples that can run: $folder', ({ readme = '' }) => {
    expect(checkReadme(readme, entryPoints)).toEqual([]);
  });
});

describe('the working spec', () => {
  const spec = read('.caws/working-spec.yaml');

  it('is valid, and what it names exists', () => {
    const exists = (path: string) => existsSync(join(repositoryRoot, path));
    expect(checkWorkingSpec(spec, exists)).toEqual({ errors: [], warnings: [] });
  });

  it('has every acceptance criterion of the data layer once', () => {
    const { acceptance } = parseWorkingSpec(readCawsDocument(spec));
    const codes = acceptance.flatMap(({ given }) => given.match(/\bDB-[A-Z]+-\d{3}\b/g) ?? []);
    const groups = { VEC: 2, GRAPH: 2, TENANT: 3, PROV: 2, HYBRID: 2, PERF: 2, MIG: 2 };
    const wanted = Object.entries(groups).flatMap(([group, count]) =>
      Array.from({ length: count }, (_, at) => `DB-${group}-00${at + 1}`),
    );
    expect(codes).toEqual(wanted);
  });
});

describe('the sources', () => {
  it('name no folder of one machine', () => {
    expect(checkMachinePaths(readSourceFiles(repositoryRoot))).toEqual([]);
  });
});
