import { describe, expect, it } from 'vitest';
import { isOlder, missingPgvectorFixes, missingServerFixes } from '../../src/diagnosis/known-bugs.ts';

const references = (version: number): string[] =>
  missingServerFixes(version)?.bugs.map(({ reference }) => reference) ?? [];

describe('missingServerFixes', () => {
  it.each([
    [160_000, 11 - 1, '16.15'],
    [170_000, 11 - 1, '17.11'],
    [180_000, 5, '18.6'],
    [180_001, 5, '18.6'],
  ])('of %i are %i, all in %s', (version, count, fixedIn) => {
    const missing = missingServerFixes(version);
    expect(missing?.bugs).toHaveLength(count);
    expect(missing?.fixedIn).toBe(fixedIn);
  });

  it('leaves out what a minor version has', () => {
    expect(references(170_000)).toContain('CVE-2024-10976');
    expect(references(170_001)).not.toContain('CVE-2024-10976');
    expect(references(160_005)).not.toContain('CVE-2024-10976');
    expect(references(170_010)).toEqual([
      'CVE-2026-14666',
      'CVE-2026-16239',
      'release notes of 17.11 and 18.6',
    ]);
    // The bug came with 17's incremental backups, as far as the release notes say.
    expect(references(160_014)).toEqual(['CVE-2026-14666', 'CVE-2026-16239']);
  });

  it.each([160_015, 160_020, 170_011, 180_006, 190_000])('of %i are none', (version) => {
    expect(missingServerFixes(version)).toBeUndefined();
  });
});

describe('missingPgvectorFixes', () => {
  it.each([
    ['0.8.0', ['CVE-2026-3172', 'changelog of 0.8.3'], '0.8.3'],
    ['0.8.1', ['CVE-2026-3172', 'changelog of 0.8.3'], '0.8.3'],
    ['0.8.2', ['changelog of 0.8.3'], '0.8.3'],
  ])('of %s are %j', (version, expected, fixedIn) => {
    const missing = missingPgvectorFixes(version);
    expect(missing?.bugs.map(({ reference }) => reference)).toEqual(expected);
    expect(missing?.fixedIn).toBe(fixedIn);
  });

  it.each(['0.8.3', '0.8.10', '0.10.0', '1.0.0'])('of %s are none', (version) => {
    expect(missingPgvectorFixes(version)).toBeUndefined();
  });
});

describe('isOlder', () => {
  it.each([
    ['0.7.4', '0.8.0', true],
    ['0.8.0', '0.8.0', false],
    ['0.9.0', '0.10.0', true],
    ['0.10.0', '0.8.0', false],
  ])('%s than %s: %s', (version, than, answer) => {
    expect(isOlder(version, than)).toBe(answer);
  });
});
