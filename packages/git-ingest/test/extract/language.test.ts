import { describe, expect, it } from 'vitest';

import { languageOf } from '../../src/extract/language.ts';
import {
  generatedFileNames,
  languageExtensions,
  languageFileNames,
} from '../../src/extract/language-table.ts';

describe('languageOf', () => {
  it.each([
    ['src/index.ts', 'TypeScript'],
    ['types.d.ts', 'TypeScript'],
    ['a/b/App.TSX', 'TypeScript'],
    ['include/list.h', 'C'],
    ['x.hpp', 'C++'],
    ['lib/foo.rb', 'Ruby'],
    ['Gemfile', 'Ruby'],
    ['build/Dockerfile', 'Dockerfile'],
    ['Dockerfile.dev', 'Dockerfile'],
    ['api.dockerfile', 'Dockerfile'],
    ['Makefile', 'Makefile'],
    ['Makefile.am', 'Makefile'],
    ['rules.mk', 'Makefile'],
    ['CMakeLists.txt', 'CMake'],
    ['go.mod', 'Go'],
    ['BUILD', 'Starlark'],
    ['BUILD.bazel', 'Starlark'],
    ['.bashrc', 'Shell'],
    ['.editorconfig', 'INI'],
    ['migrations/001.sql', 'SQL'],
    ['.github/workflows/ci.yml', 'YAML'],
    ['main.tf', 'HCL'],
    ['a.constructor/b.py', 'Python'],
  ])('knows %s', (path, language) => {
    expect(languageOf(path)).toBe(language);
  });

  it.each([
    'LICENSE',
    'a.txt',
    'image.png',
    '',
    '/',
    '.',
    '.gitignore',
    'dir.ts/file',
    'x.',
    'x.constructor',
    '__proto__',
  ])('says nothing of %j', (path) => {
    expect(languageOf(path)).toBeUndefined();
  });

  it.each(['package-lock.json', 'web/pnpm-lock.yaml', 'Cargo.lock', 'go.sum', 'dist/app.min.js'])(
    'does not count %s, which a program wrote',
    (path) => {
      expect(languageOf(path)).toBeUndefined();
    },
  );

  it('has each extension and file name once, in lower case, and more than a hundred languages', () => {
    for (const table of [languageExtensions, languageFileNames]) {
      const names = Object.values(table).flatMap((list) => list.split(' '));
      expect(new Set(names).size).toBe(names.length);
      for (const name of names) expect(name).toMatch(/^[^A-Z\s]+$/);
    }
    const known = Object.values(languageFileNames).flatMap((list) => list.split(' '));
    expect(generatedFileNames.filter((name) => known.includes(name))).toEqual([]);
    expect(Object.keys(languageExtensions).length).toBeGreaterThan(100);
  });
});
