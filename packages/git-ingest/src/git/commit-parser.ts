import { GitIngestError } from '../errors.ts';
import { ChangeCounter } from './change-summary.ts';
import { commitOf, type RawCommit } from './commit-fields.ts';
import type { Commit } from './commit.ts';
import { decodeToken } from './decode.ts';
import { commitFields } from './log-arguments.ts';
import { NulSplitter, type Token } from './nul-splitter.ts';

const maxTokenBytes = 1024 * 1024;

/** The eleven fields in order, then statuses and paths in turn until a token is a commit id instead of a status. */
type State = 'fields' | 'status' | 'path';

/**
 * Turns the output of `git log` with `logArguments` into commits, chunk by chunk, in the space of one commit.
 * A path is only ever looked for behind a status, and a commit id only in front of one, so neither a file called like a
 * commit id nor a message that looks like a header can be taken for something else.
 *
 * @throws GitIngestError GIT_OUTPUT_INVALID
 */
export class CommitParser {
  readonly #splitter = new NulSplitter(maxTokenBytes);
  readonly #maxPaths: number;
  #state: State = 'fields';
  #raw: RawCommit;

  constructor(maxPaths: number) {
    this.#maxPaths = maxPaths;
    this.#raw = this.#fresh();
  }

  /** The commits that are known to be complete with this chunk: those that another one follows. */
  *push(chunk: Buffer): Generator<Commit, void, undefined> {
    for (const token of this.#splitter.push(chunk)) {
      const commit = this.#accept(token);
      if (commit !== undefined) yield commit;
    }
  }

  /** The last commit, if there was any. To be called only when git has ended well: before that it may be half a commit. */
  end(): Commit | undefined {
    const isWhole = this.#state === 'status' || (this.#state === 'fields' && this.#raw.fields.length === 0);
    if (!isWhole || this.#splitter.isInsideToken) {
      throw new GitIngestError('GIT_OUTPUT_INVALID', 'the output of git log stops in the middle of a commit');
    }
    return this.#state === 'fields' ? undefined : commitOf(this.#raw);
  }

  #accept(token: Token): Commit | undefined {
    if (this.#state === 'fields') {
      this.#acceptField(token);
      return undefined;
    }
    if (this.#state === 'path') {
      this.#raw.changes.add(this.#decode(token));
      this.#state = 'status';
      return undefined;
    }
    const text = token.bytes.toString('latin1').replace(/^\n/, '');
    if (/^[AMDTUX]$/.test(text)) {
      this.#state = 'path';
      return undefined;
    }
    const commit = commitOf(this.#raw);
    this.#raw = this.#fresh();
    this.#acceptField(token);
    return commit;
  }

  #acceptField(token: Token): void {
    const text = this.#decode(token);
    if (this.#raw.fields.length === 0 && !/^(?:[0-9a-f]{40}|[0-9a-f]{64})$/.test(text)) {
      throw new GitIngestError(
        'GIT_OUTPUT_INVALID',
        'the output of git log has no commit id where one was expected',
      );
    }
    this.#raw.fields.push(text);
    this.#state = this.#raw.fields.length === commitFields.length ? 'status' : 'fields';
  }

  #decode(token: Token): string {
    const { text, isLossy } = decodeToken(token);
    this.#raw.isLossy ||= isLossy;
    return text;
  }

  #fresh(): RawCommit {
    return { fields: [], changes: new ChangeCounter(this.#maxPaths), isLossy: false };
  }
}
