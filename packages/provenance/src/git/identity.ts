/** Who a commit says wrote or committed it, and when. Nothing here is proven: anybody can write any name. */
export interface GitIdentity {
  readonly name: string;
  readonly email: string;
  /** Seconds since 1970-01-01T00:00:00Z, or undefined when the line has no time, or one beyond 2^53. */
  readonly epochSeconds: number | undefined;
  /** As `+0530`, or undefined when the line has none. */
  readonly timeZone: string | undefined;
}

/**
 * The parts of an `author` or `committer` line, or undefined when it has no address in angle brackets.
 * History holds broken lines, so this reads as git does: the address ends at the first `>`, the time begins after the last.
 *
 * @see git, ident.c (`split_ident_line`)
 * @example
 * parseIdentity('Ada Example <ada@example.com> 1704067200 +0100')?.epochSeconds; // 1704067200
 */
export function parseIdentity(line: string): GitIdentity | undefined {
  const open = line.indexOf('<');
  const close = line.indexOf('>', open);
  if (open === -1 || close === -1) return undefined;
  const time = /^[ \t\r]*(\d+)[ \t\r]*([+-]\d+)/.exec(line.slice(line.lastIndexOf('>') + 1));
  const seconds = Number(time?.[1]);
  return {
    name: trimEnd(line.slice(0, open)),
    email: line.slice(open + 1, close),
    epochSeconds: Number.isSafeInteger(seconds) ? seconds : undefined,
    timeZone: time?.[2],
  };
}

/** Without the white space that git knows; a pattern would take quadratic time on hostile lines. */
function trimEnd(text: string): string {
  let end = text.length;
  while (end > 0 && ' \t\r\n'.includes(text.charAt(end - 1))) end -= 1;
  return text.slice(0, end);
}
