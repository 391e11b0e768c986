import type { Case } from './case.ts';
import type { Machine } from './machine.ts';
import type { Measured } from './statistics.ts';

/** What a run found: what `--json` prints. */
export interface Report {
  readonly name: string;
  readonly size: string;
  readonly date: string;
  readonly machine: Machine;
  readonly versions: Readonly<Record<string, string>>;
  readonly cases: readonly Case[];
  /** Whether every check of every case holds. */
  readonly passed: boolean;
}

const DIGITS = 4;

/** One JSON document. Numbers have four digits: a clock's noise is no result. */
export function toJson(report: Report): string {
  const round = (_key: string, value: unknown): unknown =>
    typeof value === 'number' ? rounded(value) : value;
  return JSON.stringify(report, round, 2);
}

function rounded(value: number): number {
  return Number.isInteger(value) ? value : Number(value.toPrecision(DIGITS));
}

/** The same for people. */
export function toText({ name, size, machine, versions, cases, passed }: Report): string {
  const { cpu, cores, memoryGb, loadAverage } = machine;
  const versionList = Object.entries(versions).map(([program, version]) => `${program} ${version}`);
  return [
    `${name}, size ${size}: ${cores} × ${cpu}, ${memoryGb} GB, load ${loadAverage.toFixed(2)}; ${versionList.join(', ')}`,
    '',
    ...table(cases.flatMap(rowsOf)),
    '',
    ...cases.flatMap(remarksOf),
    passed ? 'Every check holds.' : 'A check failed: the times mean nothing.',
  ].join('\n');
}

const HEAD = ['case', 'who', 'p50 ms', 'p95 ms', 'per second', 'ratio', ''];
/** Text is aligned left, and numbers right. */
const TEXT_COLUMNS = new Set([0, 1, 6]);

function rowsOf({ case: name, ours, baselines, ratioOf }: Case): string[][] {
  return [
    [name, 'ours', ...numbersOf(ours), ratioOf, figuresOf(ours)],
    ...Object.entries(baselines).map(([who, measured]) => [
      ...['', who, ...numbersOf(measured)],
      ...[`× ${measured.ratio.toFixed(2)}`, figuresOf(measured)],
    ]),
  ];
}

function numbersOf({ p50Ms, p95Ms, perSecond }: Measured): string[] {
  return [p50Ms.toFixed(3), p95Ms.toFixed(3), perSecond.toFixed(0)];
}

function figuresOf({ figures }: Measured): string {
  return Object.entries(figures)
    .map(([name, value]) => `${name} ${String(rounded(value))}`)
    .join('  ');
}

function table(rows: readonly string[][]): string[] {
  const all = [HEAD, ...rows];
  const widths = HEAD.map((_, column) => Math.max(...all.map((row) => row[column]?.length ?? 0)));
  return all.map((row) =>
    row
      .map((cell, column) => {
        const width = widths[column] ?? 0;
        return TEXT_COLUMNS.has(column) ? cell.padEnd(width) : cell.padStart(width);
      })
      .join('  ')
      .trimEnd(),
  );
}

/** Failed checks, and the aims. */
function remarksOf({ case: name, checks, aims }: Case): string[] {
  const failed = Object.keys(checks).filter((check) => checks[check] !== true);
  return [
    ...failed.map((check) => `FAILED  ${name}: ${check}`),
    ...Object.entries(aims).map(([aim, isReached]) => `${isReached ? 'reached' : 'missed '} ${name}: ${aim}`),
  ];
}
