import { CommanderError } from 'commander';
import type { Environment } from './environment.ts';
import { ExitCode } from './exit-codes.ts';
import { failureOf } from './failure.ts';
import { Interrupted } from './interruption.ts';
import { createProgram } from './program.ts';
import { createTerminal, type Streams, type Terminal } from './terminal.ts';

/** What of a process the command line needs; a test gives its own. */
export interface Process extends Streams {
  readonly argv: readonly string[];
  readonly env: Environment;
  /** Starts to listen for requests to end; called at most once, by a command that wants to end in order. */
  readonly interruption?: () => AbortSignal;
}

/** What a command has said of its own interruption. */
interface Interruption {
  readonly signal: AbortSignal;
  readonly notice: string;
}

/** Runs one command line and answers its exit code. Throws nothing. */
export async function main(process: Process): Promise<ExitCode> {
  const { argv, env, stdout, stderr } = process;
  const json = asksForJson(argv);
  const terminal = createTerminal(process, { json });
  let exitCode: ExitCode = ExitCode.ok;
  let interruption: Interruption | undefined;
  let help = '';
  const context = {
    terminal,
    env,
    interruption(notice: string): AbortSignal {
      interruption = { signal: process.interruption?.() ?? new AbortController().signal, notice };
      interruption.signal.addEventListener('abort', () => {
        terminal.note('stopping; Ctrl-C again ends at once');
      });
      return interruption.signal;
    },
  };
  const program = createProgram({
    run: async (work) => {
      exitCode = (await work(context)) ?? ExitCode.ok;
    },
    writeOut: (text) => (json ? (help += text) : stdout.write(text)),
    writeErr: (text) => stderr.write(text),
  });
  try {
    await program.parseAsync(argv, { from: 'user' });
    return exitCode;
  } catch (error) {
    if (error instanceof CommanderError) return reportUsage(terminal, error, help);
    return reportFailure(terminal, causeOf(error, interruption));
  }
}

/** Whether results are for a program. After `--` everything is text. */
function asksForJson(argv: readonly string[]): boolean {
  const end = argv.indexOf('--');
  return argv.slice(0, end === -1 ? argv.length : end).includes('--json');
}

/** Commander has printed its own message already, and help is no failure. */
function reportUsage(terminal: Terminal, error: CommanderError, help: string): ExitCode {
  if (error.exitCode === 0) {
    terminal.printJson({ help });
    return ExitCode.ok;
  }
  const isHelp = error.code === 'commander.help';
  const message = isHelp
    ? 'no command was given: --help lists them'
    : error.message.replace(/^error: /, '').replaceAll('\n', ' ');
  terminal.printJson({ error: { code: 'USAGE', message } });
  return ExitCode.usage;
}

/** After an interruption whatever fails is its consequence: git, for one, gets Ctrl-C as well and ends in its own way. */
function causeOf(error: unknown, interruption: Interruption | undefined): unknown {
  if (interruption?.signal.aborted !== true) return error;
  const reason: unknown = interruption.signal.reason;
  return reason instanceof Interrupted ? new Interrupted(reason.signal, interruption.notice) : error;
}

function reportFailure(terminal: Terminal, error: unknown): ExitCode {
  const { code, message, exitCode, stack } = failureOf(error);
  terminal.printJson({ error: { code, message } });
  terminal.note(
    exitCode === ExitCode.defect ? `error, a defect of agency-db: ${stack ?? message}` : `error: ${message}`,
  );
  return exitCode;
}
