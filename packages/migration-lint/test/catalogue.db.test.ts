import { connect, type SqlSession } from '@agent-agency/testing';
import { testDatabase } from '@agent-agency/testing/vitest';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { LEAKPROOF } from '../src/rules/access-paths.ts';
import { isMutable, isVolatile, VOLATILE } from '../src/rules/volatility.ts';
import { emptySchema } from '../src/schema/schema.ts';

// What the linter believes of PostgreSQL, against PostgreSQL.

const database = testDatabase();
let session: SqlSession;

beforeAll(async () => {
  session = await connect(database.url);
});
afterAll(() => session.close());

const names = async (query: string): Promise<string[]> =>
  (await session.query(query)).rows.map(({ name }) => String(name));

describe('LEAKPROOF', () => {
  const types = (isLeakproof: boolean): Promise<string[]> =>
    names(`
      select typname as name
      from pg_opclass
      join pg_am on pg_am.oid = opcmethod and amname = 'btree'
      join pg_type on pg_type.oid = opcintype
      join pg_amop on amopfamily = opcfamily and amoplefttype = opcintype and amoprighttype = opcintype
      join pg_operator on pg_operator.oid = amopopr
      join pg_proc on pg_proc.oid = oprcode
      where opcdefault
      group by typname
      having bool_and(proleakproof) = ${String(isLeakproof)}`);

  it('has no type with a comparison that is not', async () => {
    const leaking = await types(false);
    expect(leaking).toContain('numeric');
    expect(leaking.filter((name) => LEAKPROOF.has(name))).toEqual([]);
  });

  it('has every type whose comparisons all are', async () => {
    const leakproof = await types(true);
    expect(leakproof).toContain('uuid');
    expect(leakproof.filter((name) => !LEAKPROOF.has(name))).toEqual([]);
  });

  it('does without GIN, none of whose operators are', async () => {
    const leakproofOf = (method: string): Promise<string[]> =>
      names(`
        select oprname as name
        from pg_amop
        join pg_am on pg_am.oid = amopmethod
        join pg_operator on pg_operator.oid = amopopr
        join pg_proc on pg_proc.oid = oprcode
        where amname = '${method}' and proleakproof`);
    expect(await leakproofOf('btree')).not.toEqual([]);
    expect(await leakproofOf('gin')).toEqual([]);
  });
});

describe('VOLATILE', () => {
  it('has only functions that are', async () => {
    const known = await names(`
      select distinct proname as name from pg_proc
      where pronamespace = 'pg_catalog'::regnamespace and provolatile <> 'v'`);
    expect(known).toContain('now');
    expect(known.filter((name) => VOLATILE.has(name))).toEqual([]);
  });

  it('leaves none of those that one would write as a default', async () => {
    const volatile = await names(`
      select distinct proname as name from pg_proc
      where pronamespace = 'pg_catalog'::regnamespace and provolatile = 'v'
        and prokind = 'f' and not proretset and pronargs <= 2
        and prorettype in ('uuid'::regtype, 'float8'::regtype, 'timestamptz'::regtype)
        and proname !~ '^pg_'`);
    expect(volatile).toContain('gen_random_uuid');
    expect(volatile.filter((name) => !isVolatile(name, emptySchema()))).toEqual([]);
  });

  it('and the stable ones are refused in an index', async () => {
    const stable = await names(`
      select distinct proname as name from pg_proc
      where pronamespace = 'pg_catalog'::regnamespace and provolatile = 's' and pronargs = 0
        and prorettype in ('timestamptz'::regtype, 'name'::regtype)
        and proname !~ '^pg_|^inet|database|^getpg'`);
    expect(stable).toContain('now');
    expect(stable.filter((name) => !isMutable(name, emptySchema()))).toEqual([]);
  });
});
