import { Linter } from 'eslint';
import { describe, expect, it } from 'vitest';
import { plugin } from '../src/index.js';

describe('plugin', () => {
  it('is accepted by a flat configuration and reports under its own name', () => {
    const messages = new Linter().verify(`export * from 'pg';`, [
      { plugins: { 'agent-agency': plugin }, rules: { 'agent-agency/no-pool-outside-db-core': 'error' } },
    ]);
    expect(messages.map(({ ruleId }) => ruleId)).toEqual(['agent-agency/no-pool-outside-db-core']);
  });
});
