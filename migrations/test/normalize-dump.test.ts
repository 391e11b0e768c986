import { describe, expect, it } from 'vitest';
import { normalizeDump } from '../scripts/dump/normalize-dump.ts';

interface Entry {
  readonly type?: string;
  readonly sql: string;
}

/** A dump as pg_dump writes it. */
function dumpOf(entries: readonly Entry[], version = '17.11'): string {
  const heading = (type = 'TABLE'): string =>
    `--\n-- Name: thing; Type: ${type}; Schema: public; Owner: agent_agency_owner\n--\n\n`;
  return [
    `--\n-- PostgreSQL database dump\n--\n\n\\restrict ${version}\n\n-- Dumped from database version ${version}\n\n`,
    "SET statement_timeout = 0;\nSELECT pg_catalog.set_config('search_path', '', false);\n\n",
    ...entries.map(({ type, sql }) => `${heading(type)}${sql}\n\n\n`),
    `--\n-- PostgreSQL database dump complete\n--\n\n\\unrestrict ${version}\n`,
  ].join('');
}

const statements = (dump: string): string => normalizeDump(dump).replace(/^(?:--.*\n)+\n/, '');

const table = 'CREATE TABLE public.thing (\n    id integer\n);';

describe('normalizeDump', () => {
  it('leaves out versions, tokens, settings and headings', () => {
    expect(statements(dumpOf([{ sql: table }]))).toBe(`${table}\n`);
    expect(normalizeDump(dumpOf([{ sql: table }], '17.2'))).toBe(normalizeDump(dumpOf([{ sql: table }])));
  });

  it('leaves out what is set for the next object', () => {
    const settings = "SET default_tablespace = '';\n\nSET default_table_access_method = heap;";
    const entries = [{ type: 'FUNCTION', sql: `SELECT 1;\n\n\n${settings}` }, { sql: table }];
    expect(statements(dumpOf(entries))).toBe(`SELECT 1;\n\n${table}\n`);
  });

  it('says the owner only where it is another one', () => {
    const owned = (owner: string): string => `${table}\n\n\nALTER TABLE public.thing OWNER TO ${owner};`;
    expect(statements(dumpOf([{ sql: owned('agent_agency_owner') }]))).toBe(`${table}\n`);
    expect(statements(dumpOf([{ sql: owned('agent_agency_service') }]))).toBe(
      `${table}\nALTER TABLE public.thing OWNER TO agent_agency_service;\n`,
    );
  });

  it('keeps rights, and blank lines and comments within a body', () => {
    const body = 'CREATE FUNCTION f() AS $$\nbegin\n\n  -- why\n  return;\nend\n$$;';
    const rights = 'REVOKE ALL ON FUNCTION f() FROM PUBLIC;\nGRANT ALL ON FUNCTION f() TO agent_agency_app;';
    const entries = [
      { type: 'FUNCTION', sql: body },
      { type: 'ACL', sql: rights },
    ];
    expect(statements(dumpOf(entries))).toBe(`${body}\n\n${rights}\n`);
  });

  it('leaves out an entry that only says why there is none', () => {
    const entries = [
      { type: 'SCHEMA', sql: '-- *not* creating schema, since initdb creates it' },
      { sql: table },
    ];
    expect(statements(dumpOf(entries))).toBe(`${table}\n`);
  });

  it('refuses a dump that is cut off, and one without objects', () => {
    expect(() => normalizeDump(dumpOf([{ sql: table }]).slice(0, -100))).toThrow('the dump is cut off');
    expect(() => normalizeDump(dumpOf([]))).toThrow('the dump has no objects');
  });
});
