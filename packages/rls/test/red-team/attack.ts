import { contextOf, OWN, type Worlds } from './worlds.ts';
import { Wire, type Message } from './wire.ts';

/** What somebody tries who has got hold of the SQL of one tenant's transaction. */
export interface Attack {
  readonly name: string;
  /** Sent one after the other, whatever becomes of them; each may be several statements. */
  readonly statements: readonly string[];
}

export const attack = (name: string, ...statements: string[]): Attack => ({ name, statements });

/** What two worlds answer to the same attack. */
export const observeBoth = (
  { without, withOther }: Pick<Worlds, 'without' | 'withOther'>,
  tried: Attack,
): Promise<[alone: string[], beside: string[]]> =>
  Promise.all([observe(without, tried), observe(withOther, tried)]);

/**
 * Runs an attack inside a transaction that was opened for {@link OWN}, on a connection of its own.
 *
 * **Shape** one line a message of the server, {@link channels what is known to differ} blanked.
 */
async function observe(url: string, { statements }: Attack): Promise<string[]> {
  const wire = await Wire.open(url);
  try {
    await wire.send(BEGIN);
    const lines: string[] = [];
    for (const statement of statements) {
      await wire.send('savepoint attack');
      lines.push(`> ${statement}`, ...linesOf(await wire.send(statement)));
      // Where it failed, so that the next one is tried, too. Where it ended the transaction, there is nothing to go back to.
      if (lines.at(-1)?.startsWith('E ') === true) await wire.send('rollback to savepoint attack');
    }
    return lines;
  } finally {
    await wire.close();
  }
}

/** One for all, so that what depends on it is the same everywhere. */
const BEGIN = [
  'begin',
  ...Object.entries(contextOf(OWN)).map(([name, value]) => `select set_config('${name}', '${value}', true)`),
].join('; ');

/** What comes in between is put in order: without an order by, rows come as the plan has them, which depends on how large a table is. */
function linesOf(messages: readonly Message[]): string[] {
  const lines: string[] = [];
  let between: string[] = [];
  for (const message of messages) {
    if ('DN'.includes(message.type)) between.push(lineOf(message));
    else {
      lines.push(...between.sort(), lineOf(message));
      between = [];
    }
  }
  return lines;
}

const SHOW: Readonly<Record<string, (body: Buffer) => string>> = {
  T: columnsOf,
  D: valuesOf,
  // After the number of the session that it comes from.
  A: (body) => body.toString('utf8', 4),
};

function lineOf({ type, body }: Message): string {
  const shown = SHOW[type]?.(body) ?? body.toString('utf8');
  const line = `${type} ${shown.replaceAll(/\0+/g, ' ').trimEnd()}`;
  return BLANKS.reduce((rest, blank) => rest.replaceAll(blank, '…'), line);
}

function valuesOf(body: Buffer): string {
  const values: string[] = [];
  for (let at = 2; at < body.length;) {
    const size = body.readInt32BE(at);
    at += 4;
    values.push(size < 0 ? 'null' : body.toString('utf8', at, at + size));
    at += Math.max(size, 0);
  }
  return values.join(' | ');
}

/** Names only: the numbers of what is temporary are drawn by the whole server. */
function columnsOf(body: Buffer): string {
  const names: string[] = [];
  for (let at = 2; at < body.length;) {
    const end = body.indexOf(0, at);
    names.push(body.toString('utf8', at, end));
    at = end + 19;
  }
  return names.join(', ');
}

const BLANKS = [
  // How many rows a table has: see the channels.
  /(?<=Rows Removed by (?:Index |Join )?(?:Filter|Recheck): )\d+/g,
  // Numbers that the server gives to sessions, and the names of the two databases.
  /pg_(?:toast_)?temp_\d+/g,
  /(?<=database )"?\w+"?/g,
];
