/** Where a command writes: results to one stream, everything about the work to the other. */
export interface Terminal {
  /** One line of the result, for people. Nothing with `--json`. */
  print(line: string): void;
  /** The result for programs: one JSON document, the first that is given. Nothing without `--json`. */
  printJson(value: unknown): void;
  /** About the work, on standard error. */
  note(text: string): void;
  /** What is being done, until something else is written. Only on a terminal. */
  status(text: string): void;
  /** Shows how far the work is: one line that is rewritten on a terminal, a plain line now and then elsewhere. */
  progress(done: number, total: number, label: string): void;
}

/** The streams of a process that a terminal writes to. */
export interface Streams {
  readonly stdout: NodeJS.WritableStream;
  readonly stderr: NodeJS.WritableStream & { readonly isTTY?: boolean; readonly columns?: number };
}

const BAR_WIDTH = 30;
/** Elsewhere than on a terminal, a line for every tenth of the work. */
const PLAIN_STEPS = 10;
const CLEAR_LINE = '\r\u001B[K';

export function createTerminal({ stdout, stderr }: Streams, options: { readonly json: boolean }): Terminal {
  const isTTY = stderr.isTTY === true;
  // Some terminals say 0 for "unknown"; they may also change while we run.
  const columns = (): number => (stderr.columns === undefined || stderr.columns === 0 ? 80 : stderr.columns);
  /** On a terminal: the last line is to be rewritten. */
  let isLineOpen = false;
  let lastStep = -1;
  let hasResult = false;
  const clearLine = (): void => {
    if (isLineOpen) stderr.write(CLEAR_LINE);
    isLineOpen = false;
  };
  const rewriteLine = (text: string): void => {
    stderr.write(`\r${text}\u001B[K`);
    isLineOpen = true;
  };
  return {
    print(line) {
      if (options.json) return;
      clearLine();
      stdout.write(`${printable(line).replaceAll('\n', '\uFFFD')}\n`);
    },
    printJson(value) {
      if (!options.json || hasResult) return;
      hasResult = true;
      clearLine();
      stdout.write(`${JSON.stringify(value, undefined, 2)}\n`);
    },
    note(text) {
      clearLine();
      stderr.write(`${printable(text)}\n`);
    },
    status(text) {
      if (isTTY) rewriteLine(printable(text).slice(0, columns() - 1));
    },
    progress(done, total, label) {
      const share = total === 0 ? 1 : Math.min(1, done / total);
      const counts = `${String(done)} of ${String(total)} ${label}`;
      if (isTTY) {
        // A line that wraps cannot be rewritten.
        const width = Math.min(BAR_WIDTH, columns() - counts.length - 2);
        rewriteLine(width > 0 ? `${bar(share, width)} ${counts}` : counts);
        if (share < 1) return;
        stderr.write('\n');
        isLineOpen = false;
        return;
      }
      const step = Math.floor(share * PLAIN_STEPS);
      if (step !== lastStep) stderr.write(`${counts}\n`);
      // The next work starts from nothing.
      lastStep = share === 1 ? -1 : step;
    },
  };
}

function bar(share: number, width: number): string {
  return '█'.repeat(Math.floor(share * width)).padEnd(width, '░');
}

// C0 and C1 controls, and what turns the direction of writing round.
const COMMANDS = /[[\p{Cc}\u202A-\u202E\u2066-\u2069]--[\n\t]]/gv;

/** Names and messages come from whoever wrote a commit, and a terminal obeys what it is shown. */
export function printable(text: string): string {
  return text.replaceAll(COMMANDS, '\uFFFD');
}
