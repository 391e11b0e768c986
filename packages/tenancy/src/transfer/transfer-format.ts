import { createHash, type Hash } from 'node:crypto';
import type { AppliedFile } from './schema-version.ts';
import type { SignedDocument } from './signed-document.ts';

/** What the file calls itself. */
export const TRANSFER_FORMAT = 'agent-agency.tenant';
export const TRANSFER_VERSION = 1;

/** The first line: whose rows follow, and of which schema. */
export interface TransferHeader {
  readonly format: string;
  readonly version: number;
  readonly tenant: string;
  readonly schema: readonly AppliedFile[];
  /** In the order of their rows. */
  readonly tables: readonly { readonly table: string; readonly columns: readonly string[] }[];
}

export interface TableDigest {
  readonly table: string;
  readonly rows: number;
  /** SHA-256 over the rows' JSON, each with a line end; hex. */
  readonly sha256: string;
}

/** The last line: what was to come, so that nothing can be missing. */
export interface TransferManifest {
  readonly format: string;
  readonly version: number;
  readonly tenant: string;
  readonly createdAt: string;
  readonly schema: readonly AppliedFile[];
  readonly tables: readonly (TableDigest & { readonly columns: readonly string[] })[];
  readonly rows: number;
  /** SHA-256 over every line before this one, without the checks; hex. */
  readonly sha256: string;
}

export type SignedManifest = SignedDocument<TransferManifest>;

/** The kind of document that the manifest is signed as. */
export const MANIFEST_KIND = 'tenant-export';

/** How long a check is, hex digits: it tells which line was damaged. That none was made up is the manifest's to say. */
const CHECK_DIGITS = 16;
const CHECKED = new RegExp(`^(\\{.*),"check":"([0-9a-f]{${CHECK_DIGITS}})"\\}$`, 's');
const ROW = /^\{"table":"([\w.]+)","row":(\{.*\})$/s;

/** Digest of all lines so far; of it each line carries the beginning, so that it fits in its one place only. */
export class RunningDigest {
  readonly #hash = createHash('sha256');

  /** The line of a JSON object, given without its closing brace. */
  seal(open: string): string {
    return `${open},"check":"${this.#add(open)}"}\n`;
  }

  /** The JSON object of a line, without its closing brace; undefined unless it is the one that belongs here. */
  unseal(line: string): string | undefined {
    const [, open, check] = CHECKED.exec(line) ?? [];
    return open !== undefined && this.#add(open) === check ? open : undefined;
  }

  digest(): string {
    return digestOf(this.#hash);
  }

  #add(open: string): string {
    this.#hash.update(open).update('\n');
    return this.digest().slice(0, CHECK_DIGITS);
  }
}

/** Counts rows and digests them, table by table. */
export class TableDigester {
  readonly #tables = new Map<string, { rows: number; readonly hash: Hash }>();
  rows = 0;

  add(table: string, row: string): void {
    const entry = this.#tables.get(table) ?? { rows: 0, hash: createHash('sha256') };
    this.#tables.set(table, entry);
    entry.rows += 1;
    entry.hash.update(row).update('\n');
    this.rows += 1;
  }

  of(table: string): TableDigest {
    const { rows, hash } = this.#tables.get(table) ?? { rows: 0, hash: createHash('sha256') };
    return { table, rows, sha256: digestOf(hash) };
  }
}

/** Whether a file can be read on after it. */
function digestOf(hash: Hash): string {
  return hash.copy().digest('hex');
}

/** A row's line, without its closing brace and its check. */
export function openRow(table: string, row: string): string {
  return `{"table":${JSON.stringify(table)},"row":${row}`;
}

/** What {@link openRow} was made from; undefined for anything else. */
export function parseRow(open: string): { readonly table: string; readonly row: string } | undefined {
  const [, table, row] = ROW.exec(open) ?? [];
  return table === undefined || row === undefined ? undefined : { table, row };
}
