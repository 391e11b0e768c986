import { describe, expect, it } from 'vitest';
import { describeFindings } from '../../src/commands/doctor.ts';
import { documentOf, run } from '../support/command-line.ts';

describe('describeFindings', () => {
  it('groups by severity', () => {
    expect(
      describeFindings([
        { code: 'RLS_OFF', severity: 'error', title: 'a', detail: 'b\nc', remedy: 'd', docs: 'https://e' },
        { code: 'TLS_OFF', severity: 'warning', title: 'f', detail: 'g', remedy: 'h' },
        { code: 'TLS_UNVERIFIED', severity: 'warning', title: 'i', detail: 'j', remedy: 'k' },
        { code: 'NOT_CHECKED', severity: 'info', title: 'l', detail: 'm', remedy: 'n' },
      ]),
    ).toEqual([
      ...['1 error', '  RLS_OFF: a', '    b', '    c', '    → d', '    https://e'],
      ...['2 warnings', '  TLS_OFF: f', '    g', '    → h', '  TLS_UNVERIFIED: i', '    j', '    → k'],
      ...['1 note', '  NOT_CHECKED: l', '    m', '    → n'],
    ]);
  });

  it('says so when there is nothing', () => {
    expect(describeFindings([])).toEqual(['nothing is wrong']);
  });
});

describe('doctor', () => {
  it.each([
    [{}, 2, 'USAGE'],
    [{ DATABASE_URL: 'nonsense' }, 2, 'INVALID_CONFIG'],
    [{ DATABASE_URL: 'postgres://postgres@127.0.0.1:1/none' }, 3, 'UNREACHABLE'],
  ])('without a database, %o, answers %i and %s', async (env, exitCode, code) => {
    const outcome = await run(env, ['doctor', '--json']);
    expect(outcome.exitCode).toBe(exitCode);
    expect(documentOf(outcome)).toMatchObject({ error: { code } });
  });
});
