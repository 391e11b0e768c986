import { describe, expect, it } from 'vitest';
import { parseArguments, UsageError } from '../src/arguments.ts';
import { defineBenchmark } from '../src/benchmark.ts';

const benchmark = (name: string) =>
  defineBenchmark({
    name,
    describe: 'an example',
    defaultSize: 'small',
    plans: { tiny: { describe: 'one' }, small: { describe: 'some' } },
    run: () => Promise.resolve([]),
  });
const known = [benchmark('first'), benchmark('second')];
const parse = (line: string) => parseArguments(line.split(' ').filter(Boolean), known);

describe('parseArguments', () => {
  it.each([
    ['first', 'first', 'small'],
    ['second --size tiny', 'second', 'tiny'],
    ['--json --size=tiny second', 'second', 'tiny'],
  ])('understands %s', (line, name, size) => {
    expect(parse(line)).toMatchObject({ kind: 'run', benchmark: { name }, size });
  });

  it.each(['--list', '--list --json', 'first --list'])('understands %s', (line) => {
    expect(parse(line)).toEqual({ kind: 'list' });
  });

  it.each(['--help', '-h', 'first --help'])('shows examples for %s', (line) => {
    const request = parse(line);
    expect(request.kind === 'help' && request.text).toMatch(/\$ pnpm bench pool --size large/);
  });

  it.each([
    ['', /first, second/],
    ['third', /third.*first, second/],
    ['first --size huge', /huge.*tiny, small/],
    ['first second', /too many arguments.*--help/],
    ['first --size', /argument missing.*--help/],
    ['first --fast', /unknown option '--fast'.*--help/],
  ])('refuses "%s" and says what is right', (line, message) => {
    expect(() => parse(line)).toThrow(UsageError);
    expect(() => parse(line)).toThrow(message);
  });
});
