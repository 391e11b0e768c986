import { passes, VERBS, type Cell } from './cells.ts';
import { CONTEXTS } from './contexts.ts';
import { LEGEND, matrixOf, type Line, type Matrix } from './matrix.ts';
import { survives, type MutantVerdict } from './mutants/try-mutants.ts';
import type { Proof } from './prove.ts';

/** Whether every cell is what the model expects, nothing is left out, and no mutant survives. */
export function isProof({ cells, coverage, mutants = [] }: Proof): boolean {
  return (
    cells.every(passes) && coverage.missing.length === 0 && !mutants.some((it) => survives(it) || isStale(it))
  );
}

/** An excuse for a mutant that a cell notices after all. */
export const isStale = ({ killedBy, equivalent }: MutantVerdict): boolean =>
  killedBy !== undefined && equivalent !== undefined;

/** The matrix, what differs, and what was left out, as lines of text. */
export function describeProof(proof: Proof): string[] {
  const { cells, coverage, mutants } = proof;
  const matrix = matrixOf(cells);
  return [
    ...describeColumns(matrix),
    '',
    `letters: ${VERBS.join(', ')}; copy names no tenant`,
    ...Object.entries(LEGEND).map(
      ([letter, meaning]) => `  ${letter === ' ' ? '(blank)' : letter}  ${meaning}`,
    ),
    '',
    ...paragraph(table(matrix.relations, matrix)),
    ...paragraph(table(callable(matrix), matrix)),
    ...cells.filter((cell) => !passes(cell)).map(describeDifference),
    ...coverage.missing.map((what) => `NOT PROVEN ${what}`),
    ...(mutants === undefined ? [] : describeMutants(mutants)),
    ...summaryOf(proof),
  ];
}

function describeColumns({ columns }: Matrix): string[] {
  return columns.map(({ contexts }, at) => `${letter(at)}  ${contexts.join(' · ')}`);
}

/** Functions that a login may call; of the others there is nothing to show. */
const callable = ({ functions }: Matrix): Line[] => {
  const open = new Set(
    functions.filter(({ letters }) => letters.some((it) => it !== '×')).map(({ subject }) => subject),
  );
  return functions
    .filter(({ subject }) => open.has(subject))
    .map((line) => ({ ...line, subject: shortName(line.subject) }));
};

function closed(matrix: Matrix): string[] {
  const open = new Set(callable(matrix).map(({ subject }) => subject));
  return [...new Set(matrix.functions.map(({ subject }) => shortName(subject)))].filter(
    (it) => !open.has(it),
  );
}

/** A long list of arguments would push everything else off the page. */
function shortName(name: string): string {
  const short = name.replaceAll('character varying', 'varchar');
  return short.length > 60 ? short.replace(/\(.*/, '(…)') : short;
}

const paragraph = (lines: readonly string[]): string[] => (lines.length === 0 ? [] : [...lines, '']);
const letter = (at: number): string => String.fromCharCode('A'.charCodeAt(0) + at);

function table(lines: readonly Line[], { columns }: Matrix): string[] {
  if (lines.length === 0) return [];
  const widths = columns.map((_, at) => Math.max(1, ...lines.map(({ letters }) => letters[at]?.length ?? 0)));
  const name = Math.max(0, ...lines.map(({ subject }) => subject.length));
  return [
    `${''.padEnd(name)}            ${columns.map((_, at) => letter(at).padEnd(widths[at] ?? 1)).join('  ')}`.trimEnd(),
    ...lines.map(({ subject, role, letters }) =>
      `${(role === 'app' ? subject : '').padEnd(name)}  ${role.padEnd(8)}  ${letters.map((it, at) => it.padEnd(widths[at] ?? 1)).join('  ')}`.trimEnd(),
    ),
  ];
}

export function describeDifference({ subject, verb, actor, expected, actual, leak }: Cell): string {
  const told = leak === undefined ? '' : `; an error tells of another tenant: ${leak}`;
  return `DIFFERENT ${verb} of ${subject} as ${actor}: ${actual}, and the model says ${expected}${told}`;
}

function describeMutants(mutants: readonly MutantVerdict[]): string[] {
  return mutants
    .filter((it) => survives(it) || isStale(it))
    .map((it) => {
      const { kind, subject, what } = it.mutant;
      const why = isStale(it)
        ? `is excused (${it.equivalent ?? ''}), and a cell notices it`
        : 'nothing notices it';
      return `SURVIVES ${kind} of ${subject}: ${what}: ${why}`;
    });
}

function summaryOf({ cells, coverage, mutants }: Proof): string[] {
  const different = cells.filter((cell) => !passes(cell)).length;
  const excused = coverage.excused.flatMap(({ of }) => of).length;
  return [
    `${count(cells.length)} cells: ${count(different)} different; ${count(coverage.missing.length)} not proven, ${count(excused)} with nothing to try`,
    ...(mutants === undefined
      ? []
      : [
          `${count(mutants.length)} mutants: ${count(mutants.filter(({ killedBy }) => killedBy !== undefined).length)} killed, ${count(
            mutants.filter((it) => it.killedBy === undefined && it.equivalent !== undefined).length,
          )} equivalent, ${count(mutants.filter(survives).length)} survive`,
        ]),
  ];
}

const count = (number: number): string => number.toLocaleString('en');

/** The same as a document. */
export function proofDocument(proof: Proof): string {
  const { cells, coverage, mutants = [] } = proof;
  const matrix = matrixOf(cells);
  return [
    '# What each role can do to whose rows',
    '',
    INTRODUCTION,
    '',
    ...summaryOf(proof).map((line) => `- ${line}`),
    '',
    '## Contexts',
    '',
    'In those of one column everything comes to the same.',
    '',
    ...markdown(
      ['column', 'context', 'what'],
      matrix.columns.flatMap(({ contexts }, at) =>
        contexts.map((name) => [letter(at), name, CONTEXTS.find((it) => it.name === name)?.what ?? '']),
      ),
    ),
    '',
    '## Letters',
    '',
    `The letters of a relation are, in this order: ${VERBS.join(', ')}. Copy names no tenant.`,
    '',
    ...markdown(
      ['letter', 'what came of it'],
      Object.entries(LEGEND).map(([it, meaning]) => [it === ' ' ? '(blank)' : `\`${it}\``, meaning]),
    ),
    '',
    '## Relations',
    '',
    '```',
    ...table(matrix.relations, matrix),
    '```',
    '',
    '## Functions',
    '',
    '```',
    ...table(callable(matrix), matrix),
    '```',
    '',
    'Neither login may call, in any context:',
    '',
    ...closed(matrix).map((name) => `- \`${name}\``),
    '',
    '## Nothing to try',
    '',
    ...coverage.excused.map(({ reason, of }) => `- ${reason}: ${String(of.length)} cells`),
    '',
    ...mutantsDocument(mutants),
  ].join('\n');
}

const INTRODUCTION = `Written by \`agency-db rls prove --mutate --output docs/reference/isolation-matrix.md\`: every table, view, sequence and
function of the catalogue, everything that can be done to it, as the application and as the reading login, in every
context. What has to come of it is said by a model that does not look at the policies. The same is tried as the roles
that nobody logs in as, and of each table behind its restrictive guards alone and behind its other policies alone; the
tables below leave that out.`;

function mutantsDocument(mutants: readonly MutantVerdict[]): string[] {
  if (mutants.length === 0) return [];
  const kinds = [...Map.groupBy(mutants, ({ mutant }) => mutant.kind)];
  const equivalents = mutants.filter(({ equivalent }) => equivalent !== undefined);
  return [
    '## Mutants',
    '',
    'Each weakens the database in one way and has to make a cell differ.',
    '',
    ...markdown(
      ['what is weakened', 'mutants', 'killed', 'equivalent', 'survive'],
      kinds.map(([kind, of]) => [
        kind,
        ...[
          of,
          of.filter((it) => it.killedBy !== undefined),
          of.filter((it) => it.equivalent !== undefined),
          of.filter(survives),
        ].map((some) => count(some.length)),
      ]),
    ),
    '',
    ...(equivalents.length === 0 ? [] : ['Equivalent, which is tried too:', '']),
    ...equivalents.map(
      ({ mutant, equivalent }) => `- \`${mutant.subject}\`: ${mutant.what}: ${equivalent ?? ''}`,
    ),
    ...(equivalents.length === 0 ? [] : ['']),
  ];
}

function markdown(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const widths = head.map((title, at) =>
    Math.max(3, title.length, ...rows.map((row) => row[at]?.length ?? 0)),
  );
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((it, at) => it.padEnd(widths[at] ?? 0)).join(' | ')} |`;
  return [line(head), `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`, ...rows.map(line)];
}
