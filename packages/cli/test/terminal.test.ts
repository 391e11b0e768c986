import { describe, expect, it } from 'vitest';
import { createTerminal, printable, type Terminal } from '../src/terminal.ts';
import { Memory } from './support/streams.ts';

function terminalOf(options: { isTTY?: boolean; columns?: number; json?: boolean } = {}): {
  terminal: Terminal;
  stdout: Memory;
  stderr: Memory;
} {
  const [stdout, stderr] = [new Memory(), new Memory(options)];
  return { terminal: createTerminal({ stdout, stderr }, { json: options.json ?? false }), stdout, stderr };
}

/** What a terminal shows of a text with carriage returns and "clear to the end of the line". */
function shown(text: string): string[] {
  return text.split('\n').map((line) => (line.split('\r').at(-1) ?? '').replace('\u001B[K', ''));
}

describe('print and printJson', () => {
  it('prints lines for people and no JSON', () => {
    const { terminal, stdout } = terminalOf();
    terminal.print('one');
    terminal.printJson({ two: 2 });
    expect(stdout.text).toBe('one\n');
  });

  it('prints one JSON document for programs, and only the first', () => {
    const { terminal, stdout } = terminalOf({ json: true });
    terminal.print('one');
    terminal.printJson({ two: 2 });
    terminal.printJson({ error: 'too late' });
    expect(JSON.parse(stdout.text)).toEqual({ two: 2 });
  });

  it('keeps a name from commanding the terminal or faking a line', () => {
    const { terminal, stdout, stderr } = terminalOf();
    terminal.print('\u001B[2Jname\u009B1A\n✓ faked \u202Etxt\tend\u0007');
    terminal.note('\u001B]0;title\u0007two\nlines');
    expect(stdout.text).toBe('\uFFFD[2Jname\uFFFD1A\uFFFD✓ faked \uFFFDtxt\tend\uFFFD\n');
    expect(stderr.text).toBe('\uFFFD]0;title\uFFFDtwo\nlines\n');
  });
});

describe('printable', () => {
  it('leaves ordinary text of any script as it is', () => {
    const text = 'Zoë 漢字 עברית 👩🏽‍💻 — 100 %';
    expect(printable(text)).toBe(text);
  });
});

describe('progress on a terminal', () => {
  it('rewrites one line, and ends it when the work is done', () => {
    const { terminal, stderr } = terminalOf({ isTTY: true });
    terminal.progress(0, 4, 'commits');
    terminal.progress(2, 4, 'commits');
    expect(shown(stderr.text)).toEqual([`${'█'.repeat(15)}${'░'.repeat(15)} 2 of 4 commits`]);
    terminal.progress(4, 4, 'commits');
    expect(shown(stderr.text)).toEqual([`${'█'.repeat(30)} 4 of 4 commits`, '']);
  });

  it('is not full before the work is done', () => {
    const { terminal, stderr } = terminalOf({ isTTY: true });
    terminal.progress(999, 1000, 'commits');
    expect(shown(stderr.text)[0]).toContain('░');
  });

  it('gives way to an error in the middle of the work', () => {
    const { terminal, stderr } = terminalOf({ isTTY: true });
    terminal.progress(1, 4, 'commits');
    terminal.note('error: no');
    expect(shown(stderr.text)).toEqual(['error: no', '']);
  });

  it('shows nothing but numbers where a bar would wrap', () => {
    const { terminal, stderr } = terminalOf({ isTTY: true, columns: 16 });
    terminal.progress(1, 4, 'commits');
    expect(shown(stderr.text)).toEqual(['1 of 4 commits']);
  });

  it('takes a terminal that does not know its width for one of 80 columns', () => {
    const { terminal, stderr } = terminalOf({ isTTY: true, columns: 0 });
    terminal.status('starting');
    terminal.progress(1, 3, 'commits');
    expect(stderr.text).toContain('starting');
    expect(shown(stderr.text)).toEqual([`${'█'.repeat(10)}${'░'.repeat(20)} 1 of 3 commits`]);
  });

  it('is done when there is nothing to do', () => {
    const { terminal, stderr } = terminalOf({ isTTY: true });
    terminal.progress(0, 0, 'commits');
    expect(shown(stderr.text)).toEqual([`${'█'.repeat(30)} 0 of 0 commits`, '']);
  });
});

describe('progress elsewhere', () => {
  it('writes a line for every tenth of the work, without control characters', () => {
    const { terminal, stderr } = terminalOf();
    for (let done = 0; done <= 1000; done += 1) terminal.progress(done, 1000, 'commits');
    const lines = stderr.text.trimEnd().split('\n');
    expect(lines).toHaveLength(11);
    expect(lines[0]).toBe('0 of 1000 commits');
    expect(lines.at(-1)).toBe('1000 of 1000 commits');
    expect(printable(stderr.text)).toBe(stderr.text);
  });

  it('starts again for the next work', () => {
    const { terminal, stderr } = terminalOf();
    terminal.progress(7, 7, 'commits');
    terminal.progress(5, 5, 'commits');
    expect(stderr.text).toBe('7 of 7 commits\n5 of 5 commits\n');
  });
});

describe('status', () => {
  it('stands on a terminal until something else is written', () => {
    const { terminal, stderr, stdout } = terminalOf({ isTTY: true, columns: 20 });
    terminal.status('a long text that would wrap');
    expect(shown(stderr.text)).toEqual(['a long text that wo']);
    terminal.print('done');
    expect(shown(stderr.text)).toEqual(['']);
    expect(stdout.text).toBe('done\n');
  });

  it('is silent elsewhere', () => {
    const { terminal, stderr } = terminalOf();
    terminal.status('starting');
    expect(stderr.text).toBe('');
  });
});
