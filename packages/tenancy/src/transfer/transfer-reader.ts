import { z } from 'zod';
import { TenancyError } from '../errors.ts';
import { canonicalJson } from './canonical-json.ts';
import { damaged, readLines, type Line } from './read-lines.ts';
import {
  parseRow,
  RunningDigest,
  TableDigester,
  TRANSFER_FORMAT,
  TRANSFER_VERSION,
  type SignedManifest,
  type TransferHeader,
} from './transfer-format.ts';

const Sha256 = z.string().regex(/^[0-9a-f]{64}$/);
const AppliedFile = z.strictObject({ version: z.int(), name: z.string(), checksum: Sha256 });
const Layout = { table: z.string(), columns: z.array(z.string()) };
const Head = { format: z.string(), version: z.int(), tenant: z.string(), schema: z.array(AppliedFile) };
const Header = z.strictObject({ ...Head, tables: z.array(z.strictObject(Layout)) });
const Manifest = z.strictObject({
  body: z.strictObject({
    ...Head,
    createdAt: z.string(),
    tables: z.array(z.strictObject({ ...Layout, rows: z.int(), sha256: Sha256 })),
    rows: z.int(),
    sha256: Sha256,
  }),
  signature: z
    .strictObject({ algorithm: z.literal('ed25519'), keyId: z.string(), value: z.string() })
    .nullable(),
});

/** Rows of one table that lie together in the file. */
export interface Batch {
  readonly table: string;
  /** Each as a JSON object. */
  readonly rows: readonly string[];
  readonly firstLine: number;
  readonly lastLine: number;
}

/** What is sent to the server at once. */
const BATCH_BYTES = 1 << 20;
const BATCH_ROWS = 2000;

/**
 * Reads an export from its beginning to its end, and takes nothing that is not exactly as it was written.
 *
 * A line that was changed, left out, repeated or moved no longer fits the one before it; what follows the manifest, or
 * a file without one, is refused as well. Whoever changed a file and everything that follows from it is found out by
 * the manifest's signature only.
 */
export class TransferReader {
  readonly #lines: AsyncGenerator<Line>;
  readonly #running = new RunningDigest();
  readonly #digests = new TableDigester();
  #header: TransferHeader | undefined;
  #manifest: SignedManifest | undefined;
  #line = 0;

  constructor(source: AsyncIterable<Uint8Array | string>) {
    this.#lines = readLines(source);
  }

  /** The first line; before anything else. @throws {TenancyError} `TRANSFER_DAMAGED` */
  async header(): Promise<TransferHeader> {
    const open = this.#running.unseal(await this.#next());
    const header = open === undefined ? undefined : parseWith(Header, `${open}}`);
    if (header?.format !== TRANSFER_FORMAT)
      throw damaged(this.#line, 'does not begin the export of a tenant');
    if (header.version !== TRANSFER_VERSION)
      throw new TenancyError(
        'SCHEMA_DIFFERS',
        `the export has format ${header.version}, and this program reads format ${TRANSFER_VERSION}`,
      );
    this.#header = header;
    return header;
  }

  /** The rows, once. @throws {TenancyError} `TRANSFER_DAMAGED` */
  async *batches(): AsyncGenerator<Batch> {
    const order = new Map(this.#known().tables.map(({ table }, at) => [table, at]));
    let [table, rows, bytes, place]: [string, string[], number, number] = ['', [], 0, -1];
    const batch = (lastLine: number): Batch => ({
      table,
      rows,
      firstLine: lastLine - rows.length + 1,
      lastLine,
    });
    for (let item = await this.#row(); item !== undefined; item = await this.#row()) {
      if (item.table !== table || bytes > BATCH_BYTES || rows.length === BATCH_ROWS) {
        if (rows.length > 0) yield batch(this.#line - 1);
        [rows, bytes] = [[], 0];
      }
      const at = order.get(item.table) ?? -1;
      if (at < place) throw damaged(this.#line, 'has a row of a table that is not its turn');
      [table, place] = [item.table, at];
      rows.push(item.row);
      bytes += item.row.length;
    }
    if (rows.length > 0) yield batch(this.#line - 1);
    await this.#end();
  }

  /** The last line; after the rows. */
  get manifest(): SignedManifest {
    if (this.#manifest === undefined) throw new Error('the manifest comes after the rows');
    return this.#manifest;
  }

  /** Undefined at the manifest. */
  async #row(): Promise<{ readonly table: string; readonly row: string } | undefined> {
    const line = await this.#next();
    if (line.startsWith('{"body":')) {
      this.#manifest = this.#checked(parseWith(Manifest, line));
      return undefined;
    }
    const open = this.#running.unseal(line);
    const item = open === undefined ? undefined : parseRow(open);
    if (item === undefined) throw damaged(this.#line, 'was changed, or a line before it is missing or moved');
    this.#digests.add(item.table, item.row);
    return item;
  }

  #checked(manifest: SignedManifest | undefined): SignedManifest {
    const { tables, ...head } = this.#known();
    if (manifest === undefined) throw damaged(this.#line, 'is no manifest');
    const { body } = manifest;
    const expected = {
      ...head,
      createdAt: body.createdAt,
      tables: tables.map((layout) => ({ ...layout, ...this.#digests.of(layout.table) })),
      rows: this.#digests.rows,
      sha256: this.#running.digest(),
    };
    if (canonicalJson(body) !== canonicalJson(expected))
      throw damaged(this.#line, 'is the manifest of other rows');
    return manifest;
  }

  async #end(): Promise<void> {
    const { done } = await this.#lines.next();
    if (done !== true) throw damaged(this.#line + 1, 'follows the manifest, which is the end');
  }

  async #next(): Promise<string> {
    const next = await this.#lines.next();
    this.#line += 1;
    if (next.done === true) throw damaged(this.#line, 'is missing: the file was cut off');
    return next.value.text;
  }

  #known(): TransferHeader {
    if (this.#header === undefined) throw new Error('the header comes first');
    return this.#header;
  }
}

function parseWith<T>(schema: z.ZodType<T>, text: string): T | undefined {
  try {
    return schema.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}
