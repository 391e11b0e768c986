/** What stands where an e-mail address stood. */
export const REDACTED = '<redacted>';

/** The at sign, its two compatibility forms, and how it looks in a URL. */
const atSign = /[@＠﹫]|%40/g;
/**
 * Versions, tags and pins: what stands behind the at sign of `vitest@5.1.0`, `react@next`, `checkout@<commit id>`.
 * A version that ends in a label of letters only (`1.0-rc.beta`) could be a host just as well, and is taken for one.
 */
const notAHost =
  /^(?:(?!.*\.[a-z]{2,}$)v?\d+(?:\.[\dx]+){0,2}(?:[-+][0-9a-z.+-]*)?|[0-9a-f]{40}|latest|next|canary|beta|alpha|rc|nightly|stable|lts|main|master|head)$/i;

/** RFC 5321 gives a local part 64 characters and an address literal less. */
const maxQuoted = 128;
const maxLiteral = 64;

/**
 * The text with every e-mail address replaced by `<redacted>`. What cannot be told from one (`name@host` without a dot,
 * `user:secret@host` in a URL) is replaced too; `package@version` stays. An address that is written so as not to look
 * like one ("bob at example dot com") is not recognised.
 *
 * **Cost**: linear in the text (times the number of known addresses).
 *
 * @param known Addresses that are known to belong to somebody here; they are replaced whatever they look like.
 * @example
 * redactEmails('Ask bob@example.com about vite@8'); // 'Ask <redacted> about vite@8'
 */
export function redactEmails(text: string, known: Iterable<string> = []): string {
  let withoutKnown = text;
  for (const email of known) {
    // "root" or "@" may stand in an e-mail field; replacing those would destroy the text and protect nobody.
    if (/[^\s@]@[^\s@]/.test(email)) {
      withoutKnown = withoutKnown.replaceAll(new RegExp(escapePattern(email.trim()), 'gi'), REDACTED);
    }
  }
  return redactLookalikes(withoutKnown);
}

function redactLookalikes(text: string): string {
  let result = '';
  let copied = 0;
  // No character is looked at twice, neither backwards nor forwards: a text of at signs must not take quadratic time.
  let scanned = 0;
  for (const match of text.matchAll(atSign)) {
    if (match.index < scanned) continue;
    const hostStart = match.index + match[0].length;
    const rawEnd = hostEnd(text, hostStart);
    const host = text.slice(hostStart, trimmedEnd(text, hostStart, rawEnd));
    const start =
      host === '' || notAHost.test(host) ? match.index : localPartStart(text, match.index, scanned);
    scanned = rawEnd;
    if (start === match.index) continue;
    // What git makes up for a machine without a domain name.
    const madeUp = text.startsWith('.(none)', hostStart + host.length) ? '.(none)'.length : 0;
    result += text.slice(copied, start) + REDACTED;
    copied = hostStart + host.length + madeUp;
  }
  return result + text.slice(copied);
}

function localPartStart(text: string, at: number, from: number): number {
  if (text[at - 1] === '"') {
    const nearby = text.slice(Math.max(from, at - maxQuoted), at - 1);
    const open = nearby.lastIndexOf('"');
    if (open !== -1 && open < nearby.length - 1) return at - 1 - nearby.length + open;
  }
  let start = at;
  while (start > from && isLocal(text.charCodeAt(start - 1))) start -= 1;
  return start;
}

/** Behind the last character that a host may have, full stops and the like at its end included. */
function hostEnd(text: string, from: number): number {
  if (text[from] === '[') {
    const close = text.slice(from, from + maxLiteral).indexOf(']');
    return close === -1 ? from : from + close + 1;
  }
  let end = from;
  while (end < text.length && isHost(text.charCodeAt(end))) end += 1;
  return end;
}

/** What ends a sentence ends no host. */
function trimmedEnd(text: string, from: number, end: number): number {
  let trimmed = end;
  while (trimmed > from && /[.@-]/.test(text.charAt(trimmed - 1))) trimmed -= 1;
  return trimmed;
}

/** Not white space, controls, or what encloses and separates addresses. */
function isLocal(unit: number): boolean {
  const character = String.fromCharCode(unit);
  return unit > 0x20 && !/[\s<>()[\],;:"]/.test(character);
}

/** Letters and digits of any script, `.`, `-`, `_`, and further at signs. */
function isHost(unit: number): boolean {
  const character = String.fromCharCode(unit);
  return unit > 0x7f ? !/\s/.test(character) : /[A-Za-z0-9._@-]/.test(character);
}

function escapePattern(literal: string): string {
  return literal.replaceAll(/[\\^$.*+?()[\]{}|/-]/g, String.raw`\$&`);
}
