import type { SqlSession } from '@agent-agency/testing';
import { expect } from 'vitest';
import { splitStatements } from '../../src/statements.ts';
import { countParameters, type Block, type Section } from './documented-sql.ts';
import type { Row } from './rows.ts';
import { applyContext, signContext } from './tenant-context.ts';

/** What a block did. */
export interface Outcome {
  readonly rows: readonly Row[];
  /** Indexes in the plan of its last statement, and those that functions scanned when it ran. */
  readonly indexes: readonly string[];
  /** Large tables that it read from end to end. */
  readonly scannedTables: readonly string[];
}

const LARGE_ROWS = 1000;
const COUNT_SCANS = `
  select relname as name, relkind = 'r' and reltuples >= ${String(LARGE_ROWS)} as large, relkind = 'i' as index,
    pg_stat_get_xact_numscans(oid)::integer as scans
  from pg_class
  where relnamespace = 'public'::regnamespace and relkind in ('r', 'i')
`;

/** Runs the SQL blocks of a document and remembers whose results were as expected, and with which indexes. */
export class DocumentedSql {
  /** Captions of blocks whose results somebody has compared. */
  readonly checked = new Set<string>();
  readonly #blocks: ReadonlyMap<string, Block>;
  readonly #sectionOf: ReadonlyMap<string, string>;
  readonly #indexes = new Map<string, Set<string>>();

  constructor(sections: readonly Section[]) {
    const blocks = sections.flatMap(({ title, blocks }) => blocks.map((block) => [title, block] as const));
    this.#blocks = new Map(blocks.map(([, block]) => [block.caption, block]));
    this.#sectionOf = new Map(blocks.map(([title, block]) => [block.caption, title]));
  }

  /** The statements of a block. */
  statements(caption: string): string[] {
    const block = this.#blocks.get(caption);
    if (block?.language !== 'sql') throw new Error(`the document has no SQL block "${caption}"`);
    return splitStatements(block.code);
  }

  /** Indexes that the blocks of a section have used so far. */
  indexesOf(section: string): Set<string> {
    return this.#indexes.get(section) ?? new Set();
  }

  /** Runs a block in a tenant's transaction, which is undone. */
  async run(
    session: SqlSession,
    tenant: string,
    caption: string,
    values: readonly unknown[] = [],
  ): Promise<Outcome> {
    await session.query('begin');
    try {
      await applyContext(session, signContext({ tenant }));
      const outcome = await execute(session, this.statements(caption), values);
      const section = this.#sectionOf.get(caption) ?? '';
      this.#indexes.set(section, new Set([...this.indexesOf(section), ...outcome.indexes]));
      return outcome;
    } finally {
      await session.query('rollback');
      await session.query('deallocate all');
    }
  }

  /** Expects rows of a block, for each of two tenants, and that no large table is read from end to end. */
  async answers(
    session: SqlSession,
    caption: string,
    values: (tenant: string) => readonly unknown[],
    expected: (tenant: string) => readonly Row[],
  ): Promise<void> {
    for (const tenant of ['acme', 'globex']) {
      const { rows, scannedTables } = await this.run(session, tenant, caption, values(tenant));
      expect(rows).toMatchObject(expected(tenant));
      expect(scannedTables).toEqual([]);
    }
    this.checked.add(caption);
  }
}

async function execute(
  session: SqlSession,
  statements: readonly string[],
  values: readonly unknown[],
): Promise<Outcome> {
  const last = statements.at(-1) ?? '';
  const run = (statement: string, prefix = '') =>
    session.query(prefix + statement, values.slice(0, countParameters(statement)));
  for (const statement of statements.slice(0, -1)) await run(statement);
  const planned = canBeExplained(last) ? await run(last, 'explain (format json) ') : { rows: [] };
  const before = await countScans(session);
  const { rows } = await run(last);
  const after = await countScans(session);
  const scanned = after.filter(({ scans }, place) => scans > (before[place]?.scans ?? 0));
  const inPlan = [...JSON.stringify(planned.rows).matchAll(/"Index Name": ?"(\w+)"/g)].map(
    ([, name = '']) => name,
  );
  return {
    rows,
    indexes: [...inPlan, ...scanned.filter(({ index }) => index).map(({ name }) => name)],
    scannedTables: scanned.filter(({ large }) => large).map(({ name }) => name),
  };
}

function canBeExplained(statement: string): boolean {
  return /^(?:select|with|insert|update|delete|execute)\b/.test(statement);
}

interface ScanCount {
  readonly name: string;
  readonly large: boolean;
  readonly index: boolean;
  readonly scans: number;
}

async function countScans(session: SqlSession): Promise<ScanCount[]> {
  const { rows } = await session.query(`${COUNT_SCANS} order by oid`);
  return rows as unknown as ScanCount[];
}
