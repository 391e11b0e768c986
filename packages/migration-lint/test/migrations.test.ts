import { migrationsDirectory } from '@agent-agency/migrations';
import { beforeAll, describe, expect, it } from 'vitest';
import { lintMigrations, readMigrationFolder, type Finding } from '../src/index.ts';

/**
 * What is known of 001–008, which were written before there was a linter: `file rule` and the reason. Later files have
 * their reasons in themselves, as suppressions.
 */
const KNOWN: Readonly<Record<string, string>> = {
  ...Object.fromEntries(
    ['001', '002', '003', '004', '005'].map((file) => [
      `${file} table-without-tenant`,
      'the baseline is from before tenants; 007 gives each table one',
    ]),
  ),
  '006 missing-row-level-security': '007 makes the context that policies ask, and isolates these tables',
  '006 foreign-key-without-index':
    'until 007 the keys of agents have no tenant; with it the indexes lead with them',
  '006 non-leakproof-access-path': 'the schema document names these indexes; operators read by them',
  '007 table-without-tenant':
    'keys of contexts and the log of operators are nobody’s, and no application role reads them',
  '007 unique-without-tenant': 'names of tenants are unique in their project, which is above tenants',
  '007 non-leakproof-access-path': 'whoever sees all rows reads by them, and the application must not',
  '007 opaque-block': 'what it does follows from the catalogue: every key of 35 tables',
  '007 locks-one-after-another': 'it has locked all of them before',
  '008 locks-one-after-another': 'for three policies; without its locks in half a second it is run again',
  '008 redundant-index': 'the schema document names this index',
};

let findings: readonly Finding[];
const keyOf = ({ file, rule }: Finding): string =>
  `${file.slice(0, 3)}${file.includes('.down') ? '.down' : ''} ${rule}`;
const isOld = ({ file }: Finding): boolean => file < '009';

beforeAll(async () => {
  findings = await lintMigrations(await readMigrationFolder(migrationsDirectory));
});

describe('the migrations', () => {
  it('have from 009 on nothing that is not explained in them', () => {
    expect(findings.filter((finding) => !isOld(finding))).toEqual([]);
  });

  it('001 to 008 have nothing but what is known', () => {
    const news = findings.filter((finding) => isOld(finding) && !(keyOf(finding) in KNOWN));
    expect(
      news.map(({ file, line, rule, message }) => `${file}:${String(line)} ${rule}: ${message}`),
    ).toEqual([]);
  });

  it('and all of that', () => {
    const found = new Set(findings.filter(isOld).map(keyOf));
    expect(Object.keys(KNOWN).filter((known) => !found.has(known))).toEqual([]);
  });

  it('are read by the parser', () => {
    expect(findings.filter(({ rule }) => rule === 'syntax-error')).toEqual([]);
  });
});
