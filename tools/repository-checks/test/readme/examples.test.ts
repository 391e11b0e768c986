import { describe, expect, it } from 'vitest';
import { examplesOf } from '../../src/readme/examples.ts';

const block = (info: string, code: string) => `# Title\n\n\`\`\`${info}\n${code}\n\`\`\`\nmore\n`;

describe('examplesOf', () => {
  it('takes a block that imports from the workspace', () => {
    const code = `import { a } from '@agent-agency/db-core';`;
    expect(examplesOf(block('ts', code))).toEqual([{ line: 3, code: `${code}\n` }]);
  });

  it('takes a block that is marked', () => {
    expect(examplesOf(block('ts example', 'f();'))).toEqual([{ line: 3, code: 'f();\n' }]);
  });

  it('takes every one of several', () => {
    const markdown = block('ts example', '1;') + block('typescript example', '2;');
    expect(examplesOf(markdown).map(({ code }) => code)).toEqual(['1;\n', '2;\n']);
  });

  it.each([
    ['a fragment', block('ts', 'find(tx: Transaction): Promise<Row>')],
    ['another language', block('js', `import { a } from '@agent-agency/db-core';`)],
    ['another language of a similar name', block('tsx example', '1;')],
  ])('leaves out %s', (_what, markdown) => {
    expect(examplesOf(markdown)).toEqual([]);
  });
});
