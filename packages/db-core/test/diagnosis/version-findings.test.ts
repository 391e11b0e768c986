import { describe, expect, it } from 'vitest';
import { pgvectorFindings, serverVersionFindings } from '../../src/diagnosis/version-findings.ts';

describe('serverVersionFindings', () => {
  it.each([
    [150_018, '15.18', ['SERVER_TOO_OLD']],
    [160_014, '16.14', ['SERVER_KNOWN_BUGS']],
    [170_011, '17.11', []],
  ])('of %i (%s) are %j', (version, version_text, codes) => {
    expect(serverVersionFindings({ version, version_text }).map(({ code }) => code)).toEqual(codes);
  });

  it('name every bug and the version to update to', () => {
    const [finding] = serverVersionFindings({ version: 180_004, version_text: '18.4 (Debian 18.4-1)' });
    expect(finding).toMatchObject({
      severity: 'warning',
      title: 'PostgreSQL 18.4 (Debian 18.4-1) lacks fixes',
      detail: [
        'CVE-2026-14666: cached plans keep the policies of a role that has been taken away',
        'CVE-2026-16239: any user can run code in the server: cursors that are declared again with other types',
        'release notes of 17.11 and 18.6: torn pages of visibility maps: index-only scans can answer wrongly after a crash',
      ].join('\n'),
    });
    expect(finding?.remedy).toContain('PostgreSQL 18.6 or newer');
  });
});

describe('pgvectorFindings', () => {
  it.each([
    [null, null, ['EXTENSION_MISSING']],
    [null, '0.8.6', ['EXTENSION_MISSING']],
    ['0.7.4', '0.8.6', ['PGVECTOR_TOO_OLD']],
    ['0.8.0', '0.8.0', ['PGVECTOR_KNOWN_BUGS']],
    // The fix is in the library; updating the extension's SQL would only change the number.
    ['0.8.0', '0.8.6', []],
    ['0.8.6', null, []],
  ])('of extension %s and library %s are %j', (installed, available, codes) => {
    expect(pgvectorFindings({ installed, available }).map(({ code }) => code)).toEqual(codes);
  });
});
