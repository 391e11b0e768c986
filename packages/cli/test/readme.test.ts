import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { ExitCode } from '../src/exit-codes.ts';
import { createProgram } from '../src/program.ts';

const readme = await readFile(new URL('../README.md', import.meta.url), 'utf8');

describe('README.md', () => {
  const program = createProgram({
    run: () => Promise.resolve(),
    writeOut: () => undefined,
    writeErr: () => undefined,
  });

  const commands = program.commands.flatMap((command) =>
    command.commands.length === 0
      ? [{ path: command.name(), command }]
      : command.commands.map((child) => ({ path: `${command.name()} ${child.name()}`, command: child })),
  );

  it.each(commands)('lists $path with its options', ({ path, command }) => {
    const row = readme.split('\n').find((line) => line.startsWith(`| \`${path}`));
    const options = command.options.flatMap(({ long }) => (long == null || long === '--json' ? [] : [long]));
    for (const option of options) expect(row).toContain(option);
    for (const argument of command.registeredArguments) expect(row).toContain(`<${argument.name()}>`);
    expect(row).toBeDefined();
  });

  it('lists every exit code', () => {
    for (const code of Object.values(ExitCode))
      expect(readme).toMatch(new RegExp(`^\\|.*\\b${String(code)}\\b`, 'm'));
  });
});
