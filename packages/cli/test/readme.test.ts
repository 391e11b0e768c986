import { readFile } from 'node:fs/promises';
import type { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import { ExitCode } from '../src/exit-codes.ts';
import { createProgram } from '../src/program.ts';

const readme = await readFile(new URL('../README.md', import.meta.url), 'utf8');

/** The commands that do something, below those that only have others. */
function leavesOf(command: Command, path: string): { path: string; command: Command }[] {
  if (command.commands.length === 0) return [{ path, command }];
  return command.commands.flatMap((child) => leavesOf(child, `${path} ${child.name()}`));
}

describe('README.md', () => {
  const program = createProgram({
    run: () => Promise.resolve(),
    writeOut: () => undefined,
    writeErr: () => undefined,
  });

  const commands = program.commands.flatMap((command) => leavesOf(command, command.name()));

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
