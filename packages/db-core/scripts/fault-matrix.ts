import { readdirSync, readFileSync } from 'node:fs';
import { markdownTable } from './markdown-table.ts';

/** A test file of faults. */
export interface FaultFile {
  readonly name: string;
  readonly text: string;
}

/**
 * docs/operations/faults.md, from the names of the tests: `describe('fault: <fault>')` around
 * `it('<what callers see>; <what holds afterwards>')`.
 *
 * @throws Error for a name of another form, and for an error code that is not one of `codes`.
 */
export function faultMatrix(files: readonly FaultFile[], codes: ReadonlySet<string>): string {
  const rows = files.flatMap((file) => rowsOf(file, codes));
  return `${HEAD}
${markdownTable(['fault', 'what callers see', 'what holds afterwards', 'test'], ...rows)}
`;
}

/** What the page has to be: from the tests and the error codes as they are on disk. */
export function currentFaultMatrix(): string {
  const names = readdirSync(TESTS).filter((name) => name.endsWith('.db.test.ts'));
  const files = names.sort().map((name) => ({ name, text: readFileSync(new URL(name, TESTS), 'utf8') }));
  const union = readFileSync(ERRORS, 'utf8').matchAll(/\| '([A-Z_]+)'/g);
  return faultMatrix(files, new Set([...union].map(([, code = '']) => code)));
}

const TESTS = new URL('../test/faults/', import.meta.url);
const ERRORS = new URL('../src/errors/database-error.ts', import.meta.url);

const PREFIX = 'fault: ';
/** The beginning of a suite or a test, as prettier formats it. */
const BLOCK = /^ *(?:describe|it|test)[.(]/gm;
/** The same with its name: `describe('…'`, `describe.skipIf(…)('…'`. */
const NAMED_BLOCK = /^ *(describe|it)(?:\.skipIf\(.*\))?\(\s*(?:'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)")/gm;

function rowsOf({ name, text }: FaultFile, codes: ReadonlySet<string>): string[][] {
  const blocks = [...text.matchAll(NAMED_BLOCK)];
  if (blocks.length !== [...text.matchAll(BLOCK)].length) {
    throw new Error(`${name}: a describe() or it() without a fixed name`);
  }
  const rows: string[][] = [];
  let fault: string | undefined;
  for (const [, kind, single, double] of blocks) {
    const title = (single ?? double ?? '').replaceAll(/\\(.)/g, '$1');
    if (kind === 'describe') {
      fault = faultOf(title, name);
      continue;
    }
    const [seen, holds, ...others] = title.split('; ');
    if (fault === undefined || seen === undefined || holds === undefined || others.length > 0) {
      throw new Error(`${name}: not '<what callers see>; <what holds afterwards>' of a fault: ${title}`);
    }
    rows.push([fault, marked(seen, codes), marked(holds, codes), `[${name}](${FOLDER}/${name})`]);
  }
  return rows;
}

function faultOf(title: string, file: string): string {
  if (!title.startsWith(PREFIX)) throw new Error(`${file}: not '${PREFIX}…': ${title}`);
  return title.slice(PREFIX.length);
}

function marked(text: string, codes: ReadonlySet<string>): string {
  return text.replaceAll(/\b[A-Z]+(?:_[A-Z]+)*\b/g, (word) => {
    if (codes.has(word)) return `\`${word}\``;
    if (word.includes('_')) throw new Error(`no error has this code: ${word}`);
    return word;
  });
}

const FOLDER = '../../packages/db-core/test/faults';

const HEAD = `# Faults

<!-- Written by packages/db-core/scripts/generate-fault-matrix.ts: do not edit. -->

What the pool does when something breaks, and what still holds then. Each row is a test against a real server, and says
what that test is called.

Under load, callers write rows in every way that there is, two in each transaction, and keep what they were told. Then
what is in the table is compared with that:

- **committed** rows are there;
- **refused** rows, of a transaction that failed with any code but \`COMMIT_UNKNOWN\`, are not;
- rows of **unknown** transactions, which failed with \`COMMIT_UNKNOWN\`, are there or not, but never one without the other.

After every one of these tests:

- no session of the application is inside a transaction or runs a statement;
- no session has kept anything of a tenant;
- the counters agree with each other and with \`pg_stat_activity\`;
- the pool lends all its connections at once, and not one more;
- the next tenants get their own rows and no others.
`;
