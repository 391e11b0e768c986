import { describe, expect, it } from 'vitest';
import { checkReadme } from '../../src/readme/check-readme.ts';

const entryPoints = new Map([['@agent-agency/db-core', new Set(['Pool', 'Tenant'])]]);
const check = (code: string) => checkReadme(`\`\`\`ts example\n${code}\n\`\`\`\n`, entryPoints);

describe('checkReadme', () => {
  it('accepts a module that imports what exists', () => {
    const code = `import { Pool, type Tenant } from '@agent-agency/db-core';\nimport fs from 'node:fs';\nawait f<Tenant>(Pool!, fs);`;
    expect(check(code)).toEqual([]);
  });

  it('accepts the whole of an entry point', () => {
    expect(check(`import * as db from '@agent-agency/db-core';`)).toEqual([]);
  });

  it('names what an entry point does not export', () => {
    expect(check(`import { Pool, Gone } from '@agent-agency/db-core';`)).toEqual([
      'line 1: @agent-agency/db-core exports no Gone',
    ]);
  });

  it('refuses a default import', () => {
    expect(check(`import db from '@agent-agency/db-core';`)).toEqual([
      'line 1: @agent-agency/db-core exports no default',
    ]);
  });

  it('names an entry point that does not exist', () => {
    expect(check(`import { a } from '@agent-agency/db-core/src/a.ts';`)).toEqual([
      'line 1: @agent-agency/db-core/src/a.ts is not an entry point of this workspace',
    ]);
  });

  it.each(['const x = ;', 'f(a: number): string;', 'await (;'])('refuses %s, which is no module', (code) => {
    expect(check(code)).toHaveLength(1);
  });
});
