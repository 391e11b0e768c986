import type { SqlSession } from '@agent-agency/testing';
import { migrateUp, readMigrations } from '../src/index.ts';
import { readBootstrap } from '../src/migration-file.ts';
import { makeOwnViews, readRows } from './catalogue/own-objects.ts';

/** What a file made that is still there after the last one. */
export interface Step {
  /** `bootstrap`, or the file's name without its ending. */
  readonly name: string;
  /** The paragraph that the file begins with. */
  readonly purpose: string;
  readonly made: readonly MadeObject[];
}

export interface MadeObject {
  readonly kind:
    'table' | 'view' | 'materialized view' | 'type' | 'function' | 'index' | 'trigger' | 'policy';
  readonly name: string;
}

/**
 * Migrates an empty database file by file, and looks after each at what is new. So it is known of every object where it
 * comes from, however the file makes it.
 */
export async function migrateStepwise(session: SqlSession): Promise<readonly Step[]> {
  const bootstrap = await readBootstrap();
  // One text is one transaction.
  await session.query(bootstrap);
  const snapshots = [{ name: 'bootstrap', text: bootstrap, objects: await listObjects(session) }];
  for (const { name, version, up } of await readMigrations()) {
    await migrateUp(session, { to: version });
    snapshots.push({ name, text: up, objects: await listObjects(session) });
  }
  const last = new Set(snapshots.at(-1)?.objects.map(keyOf));
  const known = new Set<string>();
  return snapshots.map(({ name, text, objects }) => {
    const made = objects.filter((object) => last.has(keyOf(object)) && !known.has(keyOf(object)));
    for (const object of made) known.add(keyOf(object));
    return { name, purpose: firstParagraph(text), made };
  });
}

function keyOf({ kind, name }: MadeObject): string {
  return `${kind} ${name}`;
}

/** The words of the first comment, up to an empty line or one without words. */
export function firstParagraph(sql: string): string {
  const words: string[] = [];
  for (const line of sql.split('\n')) {
    const text = /^-- (?!transaction: no$)(.*)/.exec(line)?.[1];
    if (text !== undefined) words.push(text);
    else if (words.length > 0) break;
  }
  return words.join(' ');
}

async function listObjects(session: SqlSession): Promise<readonly MadeObject[]> {
  await makeOwnViews(session);
  return readRows(
    session,
    `select
       case relkind when 'v' then 'view' when 'm' then 'materialized view' when 'i' then 'index' else 'table' end as kind,
       full_name as name
     from own_relation where relkind in ('r', 'p', 'v', 'm', 'i', 'I')
     union all
     select 'type', full_name from own_type
     union all
     select 'function', full_name from own_routine
     union all
     select 'trigger', format('%s on %s', tgname, full_name)
     from pg_trigger join own_relation on own_relation.oid = tgrelid where not tgisinternal
     union all
     select 'policy', format('%s on %s', polname, full_name) from pg_policy join own_relation on own_relation.oid = polrelid
     order by 1, 2`,
  );
}
