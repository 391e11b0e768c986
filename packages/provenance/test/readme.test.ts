import { readFile } from 'node:fs/promises';
import { describe, expect, it, vi } from 'vitest';

const read = (path: string): Promise<string> => readFile(new URL(path, import.meta.url), 'utf8');

describe('README.md', () => {
  it('shows the example as it is, without its exports', async () => {
    const example = (await read('fixtures/readme-example.ts')).replaceAll(/^export /gm, '');
    expect(await read('../README.md')).toContain(`\`\`\`ts\n${example}\`\`\``);
  });

  it('says what the example prints', async () => {
    const log = vi.spyOn(console, 'log').mockReturnValue(undefined);
    const { honest, tampered } = await import('./fixtures/readme-example.ts');
    expect(honest.valid).toBe(true);
    expect(tampered.violations).toMatchObject([{ seq: 1, kind: 'hash-mismatch' }]);
    expect(log.mock.calls).toEqual([[true], ['hash-mismatch']]);
    log.mockRestore();
  });
});
