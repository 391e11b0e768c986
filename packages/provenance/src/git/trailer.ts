import { ProvenanceError } from '../errors.ts';
import { isBlank, isContinuation, isTrailer, type MessageParts, splitMessage } from './message-parts.ts';

/** One `Key: value` of a message's trailer block. */
export interface Trailer {
  /** Letters, digits and hyphens; git does not tell upper from lower case. */
  readonly key: string;
  /** One line: a folded value is unfolded. */
  readonly value: string;
}

/** How the message is to be read. */
export interface MessageOptions {
  /** `core.commentChar` of the repository that the message is written for; `#` unless given. */
  readonly commentPrefix?: string;
}

/** The lines of a block that belong together: a trailer, or what is none, with the lines it is folded over. */
type LineGroup = [string, ...string[]];

/**
 * The trailers of a commit message, as `git interpret-trailers --parse --no-divider` prints them where no trailer is configured.
 *
 * Cost: linear in the size of the message.
 * @see git-interpret-trailers(1)
 * @example
 * parseTrailers('Fix it\n\nSigned-off-by: Ada <ada@example.com>\n'); // [{ key: 'Signed-off-by', value: 'Ada <ada@example.com>' }]
 */
export function parseTrailers(message: string, options: MessageOptions = {}): readonly Trailer[] {
  return groupsOf(partsOf(message, options).block)
    .filter(([line]) => isTrailer(line))
    .map(trailerOf);
}

/**
 * The message with a trailer at the end of its trailer block, above the comments of an editor; unchanged when the block
 * already has it. No other line changes, but the last one gets its line feed. Where there is no block, one begins after a blank line.
 *
 * @throws ProvenanceError `TRAILER_INVALID` when git would not read back what was written
 * @example
 * addTrailer('Fix it\n', { key: 'Reviewed-by', value: 'Ada' }); // 'Fix it\n\nReviewed-by: Ada\n'
 */
export function addTrailer(message: string, trailer: Trailer, options: MessageOptions = {}): string {
  requireTrailer(trailer);
  if (parseTrailers(message, options).some((existing) => isSame(existing, trailer))) return message;
  const { body, block, ignored } = partsOf(message, options);
  const line = formatTrailers([trailer]);
  // A block that is there has its blank line at the end of the body.
  const last = body.at(-1);
  const gap = last !== undefined && isBlank(last) ? '' : '\n';
  return [...body, gap, ...block, line, ...ignored].join('');
}

/**
 * The message without the trailers of these keys. When nothing is left of a block, the paragraph above it may become the next one:
 * that is gone through as well.
 *
 * @example
 * removeTrailers('Fix it\n\nReviewed-by: Ada\nAcked-by: Bo\n', ['reviewed-by']); // 'Fix it\n\nAcked-by: Bo\n'
 */
export function removeTrailers(
  message: string,
  keys: readonly string[],
  options: MessageOptions = {},
): string {
  const unwanted = new Set(keys.map((key) => key.toLowerCase()));
  let left = message;
  for (;;) {
    const shorter = removeFromBlock(partsOf(left, options), unwanted);
    if (shorter === left) return left;
    left = shorter;
  }
}

function removeFromBlock({ body, block, ignored }: MessageParts, unwanted: ReadonlySet<string>): string {
  const left = groupsOf(block).filter(
    (group) => !isTrailer(group[0]) || !unwanted.has(trailerOf(group).key.toLowerCase()),
  );
  return [...body, ...left.flat(), ...ignored].join('');
}

/** Whether a message says nothing but trailers. Left so in the editor, it calls a commit off. */
export function isWithoutText(message: string, options: MessageOptions = {}): boolean {
  return partsOf(message, options).body.every((line) => isBlank(line) || isComment(line, options));
}

/** The trailers as git writes them, a line each: what `provenance_records.git_trailer` holds. */
export function formatTrailers(trailers: readonly Trailer[]): string {
  return trailers.map(({ key, value }) => `${key}: ${value}\n`).join('');
}

function partsOf(message: string, { commentPrefix = '#' }: MessageOptions): MessageParts {
  return splitMessage(message, commentPrefix);
}

function isComment(line: string, { commentPrefix = '#' }: MessageOptions): boolean {
  return line.startsWith(commentPrefix);
}

function groupsOf(block: readonly string[]): LineGroup[] {
  const groups: LineGroup[] = [];
  for (const line of block) {
    const last = groups.at(-1);
    if (last !== undefined && isContinuation(line)) last.push(line);
    else groups.push([line]);
  }
  return groups;
}

function trailerOf(group: LineGroup): Trailer {
  const text = group.join('');
  const colon = text.indexOf(':');
  const value = text.slice(colon + 1).replaceAll(/\n[ \t\r\n]*/g, ' ');
  return { key: trim(text.slice(0, colon)), value: trim(value) };
}

function isSame(a: Trailer, b: Trailer): boolean {
  return a.key.toLowerCase() === b.key.toLowerCase() && a.value === b.value;
}

/** Without what git takes for white space at both ends; a pattern would take quadratic time on a hostile value. */
function trim(text: string): string {
  let [start, end] = [0, text.length];
  while (start < end && isBlank(text.charAt(start))) start += 1;
  while (end > start && isBlank(text.charAt(end - 1))) end -= 1;
  return text.slice(start, end);
}

function requireTrailer({ key, value }: Trailer): void {
  if (!/^[A-Za-z0-9-]+$/.test(key))
    throw new ProvenanceError('TRAILER_INVALID', 'The key of a trailer is of letters, digits and hyphens.');
  if (!value.isWellFormed() || /[\0\n\r]/.test(value) || value !== trim(value))
    throw new ProvenanceError(
      'TRAILER_INVALID',
      'The value of a trailer is one line without white space at its ends.',
      { details: { key } },
    );
}
