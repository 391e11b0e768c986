import { testDatabase } from '@agent-agency/testing/vitest';
import { describe, expect, it } from 'vitest';
import { defineBenchmark } from '../src/benchmark.ts';
import { compare } from '../src/case.ts';
import { main, type Surroundings } from '../src/main.ts';
import { aMeasured } from './measured.ts';

const database = testDatabase();

const benchmark = (name: string, outcome: 'right' | 'wrong' | 'broken') =>
  defineBenchmark({
    name,
    describe: `answers ${outcome}`,
    defaultSize: 'tiny',
    plans: { tiny: { describe: 'nothing' } },
    run({ note }) {
      note('measuring');
      if (outcome === 'broken') return Promise.reject(new Error('the server is gone'));
      const checks = { rowsEqual: outcome === 'right' };
      const measured = { ours: aMeasured(), baselines: { bare: aMeasured() } };
      return Promise.resolve([
        compare({ case: 'one', ...measured, ratioOf: 'p50Ms', ratioTo: 'bare', checks }),
      ]);
    },
  });

async function run(line: string, rest: Partial<Surroundings> = {}) {
  let out = '';
  let error = '';
  const exitCode = await main({
    argv: line.split(' '),
    writeOut: (text) => (out += text),
    writeError: (text) => (error += text),
    benchmarks: [benchmark('right', 'right'), benchmark('wrong', 'wrong'), benchmark('broken', 'broken')],
    withDatabase: (_note, use) => use(database),
    ...rest,
  });
  return { exitCode, out, error };
}

describe('main', () => {
  it('prints a table, and what it does on standard error', async () => {
    const { exitCode, out, error } = await run('right');
    expect(exitCode).toBe(0);
    expect(out).toMatch(/^right, size tiny: .*postgresql \d+.*Every check holds\.\n$/s);
    expect(error).toMatch(/measuring\n$/);
  });

  it('prints one JSON object with --json', async () => {
    const { exitCode, out } = await run('right --json');
    expect(exitCode).toBe(0);
    expect(JSON.parse(out)).toMatchObject({
      ...{ name: 'right', size: 'tiny', passed: true, cases: [{ case: 'one', passed: true }] },
      machine: { cores: expect.any(Number) as number },
      versions: { node: process.versions.node, pg: expect.stringMatching(/^\d+\.\d+/) as string },
    });
  });

  it('answers 1 when a check fails, whatever the times are', async () => {
    const { exitCode, out } = await run('wrong --json');
    expect(exitCode).toBe(1);
    expect(JSON.parse(out)).toMatchObject({ passed: false, cases: [{ checks: { rowsEqual: false } }] });
  });

  it('answers 2 for a wrong command line, without a database', async () => {
    const withDatabase = () => Promise.reject(new Error('not asked for'));
    const { exitCode, out, error } = await run('nothing', { withDatabase });
    expect({ exitCode, out }).toEqual({ exitCode: 2, out: '' });
    expect(error).toBe('error: no benchmark is called nothing; there are right, wrong, broken\n');
    expect(JSON.parse((await run('nothing --json')).out)).toMatchObject({ error: { code: 'USAGE' } });
  });

  it('answers 3 when it cannot be measured', async () => {
    expect(await run('broken')).toMatchObject({ exitCode: 3, out: '' });
    const { exitCode, out } = await run('broken --json');
    expect(exitCode).toBe(3);
    expect(JSON.parse(out)).toEqual({ error: { code: 'NOT_MEASURED', message: 'the server is gone' } });
  });

  it('lists benchmarks and sizes', async () => {
    expect((await run('--list')).out).toMatch(/right: answers right\n {2}--size tiny +nothing \(default\)\n/);
    const { benchmarks } = JSON.parse((await run('--list --json')).out) as { benchmarks: unknown[] };
    expect(benchmarks).toHaveLength(3);
  });

  it.each(['--help', '--help --json'])('answers 0 for %s', async (line) => {
    expect(await run(line)).toMatchObject({ exitCode: 0, error: '' });
  });
});
