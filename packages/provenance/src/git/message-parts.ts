/** A commit message in three parts, as lines with their line feeds; one after the other they are the message, its last line completed. */
export interface MessageParts {
  readonly body: readonly string[];
  /** The trailers, and what stands between them; empty when there are none. */
  readonly block: readonly string[];
  /** What is no message any more: comments and blank lines at the end, a list of conflicts, a diff below the scissors. */
  readonly ignored: readonly string[];
}

const scissors = '------------------------ >8 ------------------------\n';

/**
 * Finds the trailer block of a message as `git interpret-trailers --no-divider` does: the last paragraph, unless it is the title;
 * and either all of its lines are trailers, or git itself wrote one of them and at least a quarter are trailers.
 *
 * Cost: linear in the size.
 * @param commentPrefix what comments begin with, `core.commentChar`; nothing that a key could begin with
 * @see git-interpret-trailers(1), and git, trailer.c (`find_trailer_block_start`)
 */
export function splitMessage(message: string, commentPrefix: string): MessageParts {
  const lines = linesOf(message);
  const kept = lines.slice(0, keptCount(lines, commentPrefix));
  const end = kept.findLastIndex((line) => !isBlank(line) && !line.startsWith(commentPrefix)) + 1;
  const gap = kept.slice(0, end).findLastIndex(isBlank);
  // Without a blank line above it, the paragraph is the title.
  const hasBlock = gap !== -1 && isBlock(lines.slice(gap + 1, end), commentPrefix);
  if (!hasBlock) return { body: kept, block: [], ignored: lines.slice(kept.length) };
  return { body: lines.slice(0, gap + 1), block: lines.slice(gap + 1, end), ignored: lines.slice(end) };
}

/** Whether git sees nothing on a line. */
export function isBlank(line: string): boolean {
  return /^[ \t\r\n]*$/.test(line);
}

/** Whether a line goes on with the trailer above it. */
export function isContinuation(line: string): boolean {
  return /^[ \t\r\n]/.test(line);
}

/** Whether a line begins a trailer: a key of letters, digits and hyphens, perhaps blanks, a colon. */
export function isTrailer(line: string): boolean {
  return /^[A-Za-z0-9-]+[ \t]*:/.test(line);
}

/** As git does, completes the last line: scissors at the end are scissors. */
function linesOf(message: string): string[] {
  const lines = message.split('\n');
  if (lines.at(-1) === '') lines.pop();
  return lines.map((line) => `${line}\n`);
}

/** How many lines are message. As in git, what would be cut off from the first line on is kept: zero means no run of such lines. */
function keptCount(lines: readonly string[], commentPrefix: string): number {
  const cut = lines.indexOf(`${commentPrefix} ${scissors}`);
  const end = cut === -1 ? lines.length : cut;
  let runStart = 0;
  let isInConflicts = false;
  for (const [index, line] of lines.slice(0, end).entries()) {
    const isConflicts = line === 'Conflicts:\n';
    if (isConflicts || line === '\n' || line.startsWith(commentPrefix)) {
      isInConflicts ||= isConflicts;
      runStart ||= index;
    } else if (!(isInConflicts && line.startsWith('\t')) && runStart > 0) {
      runStart = 0;
      isInConflicts = false;
    }
  }
  return runStart > 0 ? runStart : end;
}

function isBlock(paragraph: readonly string[], commentPrefix: string): boolean {
  let [trailers, others] = [0, 0];
  let [isInTrailer, hasGenerated] = [false, false];
  for (const line of paragraph) {
    const isGenerated = /^(?:Signed-off-by: |\(cherry picked from commit )/.test(line);
    if (isInTrailer && isContinuation(line)) continue;
    isInTrailer = isGenerated || isTrailer(line);
    hasGenerated ||= isGenerated;
    if (isInTrailer) trailers += 1;
    else if (!line.startsWith(commentPrefix)) others += 1;
  }
  return trailers > 0 && (others === 0 || (hasGenerated && trailers * 3 >= others));
}
