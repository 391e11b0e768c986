import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readSourceFiles } from '../src/source-files.ts';

let root: string;

beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'source-files-'));
  for (const folder of ['.git', 'a/node_modules', 'a/b']) mkdirSync(join(root, folder), { recursive: true });
  writeFileSync(join(root, '.gitignore'), '# ignored\nnode_modules\n\n*.log\ndist/\n');
  for (const path of ['.git/config', 'a/node_modules/x.js', 'a/b/x.ts', 'a/x.log', 'dist'])
    writeFileSync(join(root, path), path);
  writeFileSync(join(root, 'a/image.png'), 'PNG\0');
});

afterAll(() => {
  rmSync(root, { recursive: true });
});

describe('readSourceFiles', () => {
  it('reads text files and leaves out what is ignored, binary or of git', () => {
    const files = readSourceFiles(root);
    expect(files.map(({ path }) => path).sort()).toEqual(['.gitignore', 'a/b/x.ts']);
    expect(files.find(({ path }) => path === 'a/b/x.ts')?.text).toBe('a/b/x.ts');
  });
});
