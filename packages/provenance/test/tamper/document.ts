import { detectorNames, type Outcome } from './matrix.ts';
import { actors, type Refusal } from './refusals.ts';
import type { Detection } from './detect.ts';
import { later, rotation, sizes, subject } from './world.ts';

/** docs/reference/tamper-matrix.md, from what was found. */
export function documentOf(
  groups: Readonly<Record<string, readonly Outcome[]>>,
  refusals: readonly Refusal[],
): string {
  const tampered = Object.entries(groups).map(([title, outcomes]) => `## ${title}\n\n${found(outcomes)}`);
  return `${[head(), ...tampered, REFUSALS, refused(refusals)].join('\n\n')}\n`;
}

const REFUSALS = `## What the database refuses by itself

The same log, with its triggers on, and what three logins are told: a SQLSTATE, or \`done\`. What the owner and a superuser
may do to heads and tiles, both of which follow from the log, is found as above.`;

function found(outcomes: readonly Outcome[]): string {
  return table(
    ['what is done', 'the log', 'kept outside', 'the copies', 'a proof', 'the next one'],
    ...outcomes.map(({ tampering, found: by }) => [
      tampering.what,
      ...detectorNames.map((name) => cell(by[name])),
    ]),
  );
}

function refused(refusals: readonly Refusal[]): string {
  return table(
    ['what is tried', ...actors.map((actor) => (actor === 'superuser' ? 'a superuser' : `\`${actor}\``))],
    ...refusals.map(({ what, answers }) => [what, ...actors.map((actor) => `\`${answers[actor]}\``)]),
  );
}

function cell(detections: readonly Detection[]): string {
  return detections.length === 0 ? '–' : [...new Set(detections.map(phrase))].join(', ');
}

function phrase({ kind, first, last }: Detection): string {
  if (first === undefined) return `\`${kind}\``;
  return `\`${kind}\` at ${first}${first === last ? '' : `–${last}`}`;
}

/** As prettier formats it. */
function table(...rows: readonly (readonly string[])[]): string {
  const [header = [], ...body] = rows;
  const widths = header.map((_, column) => Math.max(3, ...rows.map((row) => row[column]?.length ?? 0)));
  const line = (cells: readonly string[], filler = ' '): string =>
    `| ${widths.map((width, column) => (cells[column] ?? '').padEnd(width, filler)).join(' | ')} |`;
  return [line(header), line([], '-'), ...body.map((row) => line(row))].join('\n');
}

function head(): string {
  return `# Tamper matrix

<!-- Written by packages/provenance/scripts/tamper-matrix.ts: do not edit. -->

What can be done to a tenant's log by somebody who may do everything in the database, and who finds it, and where. Each row
was done to a real log by a superuser who had switched triggers and foreign keys off; a test does it again and compares it
with this page. A number is that of the node, or the size of the tree.

The log has ${sizes[1]} nodes. Number ${subject} is a recorded verdict with four parents; with number ${rotation} its key was rotated; checkpoints were
made at ${sizes.join(' and ')}, and cosigned by a witness. Single nodes are tampered with at ${subject}, ${later} and ${later + 1}.

${table(
  ['who looks', 'at what'],
  ['the log', '`verifyLog`: every hash and signature, with the first key trusted from outside'],
  [
    'kept outside',
    'the head of an earlier report and two checkpoints, kept outside the database: what they add',
  ],
  [
    'the copies',
    '`verifyCopies`, `verifyLineage` and `verifyRecords`: what is kept of the nodes once more, held against them',
  ],
  [
    'a proof',
    '`proveInclusionOf` and `proveConsistencyBetween`, held against the checkpoints that were kept',
  ],
  [
    'the next one',
    'the stored checkpoint, the next one that `checkpoint` makes of the log as it is, and its witness',
  ],
)}

Who has neither a head nor a checkpoint from outside, nor a witness, believes whoever has the database and the keys: a log
that was rewritten with stolen keys, or set back to an older backup, looks like any other.`;
}
