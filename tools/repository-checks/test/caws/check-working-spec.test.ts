import { describe, expect, it } from 'vitest';
import { checkWorkingSpec } from '../../src/caws/check-working-spec.ts';
import { specText, validSpec } from './valid-spec.ts';

const check = (changes: Record<string, unknown> = {}) => checkWorkingSpec(specText(changes), () => true);

describe('checkWorkingSpec', () => {
  it('finds nothing in a valid spec', () => {
    expect(check()).toEqual({ errors: [], warnings: [] });
  });

  it.each(['a: 1\na: 2\n', 'a: [\n', 'a: !unknown x\n', '['.repeat(10_000)])(
    'refuses broken YAML %j',
    (yaml) => {
      expect(checkWorkingSpec(yaml, () => true)).toEqual({
        errors: [expect.stringMatching(/^this document cannot be read: /)],
        warnings: [],
      });
    },
  );

  it('names every wrong key with its path', () => {
    const { errors } = check({ id: 'x', mode: 'y' });
    expect(errors.join()).toMatch(/^this is no CAWS working spec: workingSpec\.id: .*; workingSpec\.mode: /);
  });

  it.each([
    ['observability', { observability: { logs: [] } }],
    ['observability', { observability: undefined }],
    ['rollback', { rollback: [] }],
    ['non_functional.security', { non_functional: { perf: { api_p95_ms: 1 } } }],
  ])('asks tier 1 for %s, and only tier 1', (name, changes) => {
    expect(check(changes).errors).toEqual([`${name}: tier 1 needs at least one entry`]);
    expect(check({ ...changes, risk_tier: 2 }).errors).toEqual([]);
  });

  it('allows an experiment at tier 3 only', () => {
    expect(check({ experiment_mode: true }).errors).toEqual(['experiment_mode: only tier 3 may experiment']);
    expect(check({ experiment_mode: true, risk_tier: 3 }).errors).toEqual([]);
  });

  it.each(['packages', 'packages/a', './packages/a/', 'packages/a/src', 'migrations'])(
    'refuses scope.out %s, which shadows scope.in',
    (out) => {
      expect(check({ scope: { ...validSpec.scope, out: [out] } }).errors.join()).toContain('shadows');
    },
  );

  it.each(['packages/ab', 'packages/a/src/deep', 'package'])('allows scope.out %s', (out) => {
    expect(check({ scope: { ...validSpec.scope, out: [out] } }).errors).toEqual([]);
  });

  it('refuses a pattern in scope.out', () => {
    const { errors } = check({ scope: { ...validSpec.scope, out: ['docs/*.md'] } });
    expect(errors).toEqual(['scope.out: docs/*.md is a pattern; name a folder or file']);
  });

  it('refuses a criterion id that is used twice', () => {
    const acceptance = [...validSpec.acceptance, validSpec.acceptance[0]];
    expect(check({ acceptance }).errors).toEqual(['acceptance: A1 is given twice']);
  });

  it('names every path that does not exist, patterns aside', () => {
    const { errors } = checkWorkingSpec(specText(), () => false);
    expect(errors).toEqual([
      'contracts: migrations/001.sql does not exist',
      'blast_radius.modules: packages/a does not exist',
      'scope.in: packages/a/src does not exist',
    ]);
  });

  it('warns of few criteria at tier 1', () => {
    const acceptance = validSpec.acceptance.slice(0, 4);
    expect(check({ acceptance }).warnings).toEqual([
      'acceptance: tier 1 should have five criteria or more, here are 4',
    ]);
    expect(check({ acceptance, risk_tier: 2 }).warnings).toEqual([]);
  });

  it.each([{ security: ['x'] }, { perf: {}, security: ['x'] }])(
    'warns when no budget is given: %j',
    (given) => {
      expect(check({ non_functional: given }).warnings).toEqual(['non_functional.perf: no budget is given']);
    },
  );
});
