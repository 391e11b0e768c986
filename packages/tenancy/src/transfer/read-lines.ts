import { TenancyError } from '../errors.ts';

export interface Line {
  /** From 1. */
  readonly number: number;
  readonly text: string;
}

/** No row of PostgreSQL is longer, and a text of JavaScript hardly can be. */
const MOST_BYTES = 1 << 28;
const LINE_END = 0x0a;

/**
 * The lines of a file that comes in pieces, wherever these end.
 *
 * @throws {TenancyError} `TRANSFER_DAMAGED`, with the line, for what is not UTF-8 or has no end.
 */
export async function* readLines(source: AsyncIterable<Uint8Array | string>): AsyncGenerator<Line> {
  let number = 0;
  let [pending, size]: [Uint8Array[], number] = [[], 0];
  for await (const chunk of source) {
    let rest = typeof chunk === 'string' ? Buffer.from(chunk) : chunk;
    for (let end = rest.indexOf(LINE_END); end >= 0; end = rest.indexOf(LINE_END)) {
      const bytes = Buffer.concat([...pending, rest.subarray(0, end)]);
      yield { number: ++number, text: decode(bytes, number) };
      [pending, size, rest] = [[], 0, rest.subarray(end + 1)];
    }
    pending.push(rest);
    size += rest.length;
    if (size > MOST_BYTES) throw damaged(number + 1, 'does not end');
  }
  if (size > 0) yield { number: ++number, text: decode(Buffer.concat(pending), number) };
}

/** A line that is not as it was exported. */
export function damaged(line: number, problem: string): TenancyError {
  return new TenancyError('TRANSFER_DAMAGED', `line ${line} ${problem}: nothing was imported`, {
    details: { line },
  });
}

function decode(bytes: Uint8Array, line: number): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw damaged(line, 'is not UTF-8');
  }
}
