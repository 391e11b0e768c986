import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import type { CheckpointTrust } from '../../src/checkpoint/checkpoint-trust.ts';
import { formatNote, parseNote } from '../../src/checkpoint/note.ts';
import { formatVerifierKey, parseVerifierKey } from '../../src/checkpoint/verifier-key.ts';
import { type CheckpointVerdict, verifyCheckpoint } from '../../src/checkpoint/verify-checkpoint.ts';
import vector from './checkpoint-vector.json' with { type: 'json' };
import { cosigned, refusedNotes, signedAt, text, trust } from './cosigned-note.ts';
import { certificateLog, goChecksums } from './published.ts';

const program = fileURLToPath(new URL('../independent/checkpoint.py', import.meta.url));
const hasPython = spawnSync('python3', ['--version']).status === 0;
const isCi = process.env['CI'] === 'true';

type Case = readonly [what: string, note: string | Uint8Array, trust: CheckpointTrust];

function python(args: readonly string[], input: string): string {
  const { status, stdout, stderr } = spawnSync('python3', ['-B', program, ...args], {
    input,
    encoding: 'utf8',
  });
  if (status !== 0 || stderr !== '') throw new Error(`The independent verifier failed: ${stderr}`);
  return stdout;
}

function caseOf([, note, { origin, logKeys, witnesses = [], quorum }]: Case) {
  return {
    note: Buffer.from(note).toString('base64'),
    origin,
    log_keys: logKeys.map(formatVerifierKey),
    witnesses: witnesses.map(formatVerifierKey),
    quorum: quorum ?? witnesses.length,
  };
}

/** Our verdict as the program writes its own. */
function written(verdict: CheckpointVerdict): unknown {
  if (!verdict.ok) return verdict;
  const { size, root } = verdict.checkpoint;
  const cosignatures = verdict.cosignatures.map(({ name, keyHash, seconds }) => [name, keyHash, seconds]);
  return { ok: true, size, root: Buffer.from(root).toString('base64'), cosignatures };
}

const { signatures } = parseNote(cosigned);
const vectorTrust = {
  origin: 'example.com/acme',
  logKeys: [parseVerifierKey(vector.log_key)],
  witnesses: [parseVerifierKey(vector.witness_key)],
};
const goTrust = { origin: goChecksums.origin, logKeys: [parseVerifierKey(goChecksums.key)] };
const certificateTrust = {
  origin: certificateLog.origin,
  logKeys: [parseVerifierKey(certificateLog.key)],
  witnesses: certificateLog.witnesses.map(parseVerifierKey),
};

const accepted: readonly Case[] = [
  ['a cosigned checkpoint', cosigned, trust],
  ['the vector', vector.note, vectorTrust],
  ['Go’s checksum database', goChecksums.laterNote, goTrust],
  ['a Certificate Transparency log', certificateLog.note, certificateTrust],
  [
    'a witness twice',
    formatNote({ text, signatures: [...signatures, await signedAt(2n ** 53n - 1n)] }),
    trust,
  ],
  [
    'a witness without the other',
    formatNote({ text, signatures: signatures.slice(0, 2) }),
    { ...trust, quorum: 1 },
  ],
];

/** Spellings that a careless reader takes. */
const misspelt: readonly Case[] = [
  ['carriage returns', cosigned.replaceAll('\n', '\r\n'), trust],
  [
    'unused bits',
    cosigned.replace(/.==\n/, (end) => String.fromCharCode(end.charCodeAt(0) + 1) + '==\n'),
    trust,
  ],
  ['missing padding', cosigned.replaceAll('=\n', '\n'), trust],
  ['a leading zero', cosigned.replace('\n7\n', '\n07\n'), trust],
  ['a space at the end', cosigned.replace(/\n$/, ' \n'), trust],
  ['an empty line more', `${cosigned}\n`, trust],
  ['a byte-order mark', `\ufeff${cosigned}`, trust],
  ['101 signatures', `${text}\n${cosigned.slice(text.length + 1).repeat(34)}`, trust],
];

// Without python3 these fail under CI and are skipped elsewhere; test/independent says so loudly.
describe.skipIf(!hasPython && !isCi)('the independent verifier of checkpoints', () => {
  it('passes the vectors of C2SP', () => {
    expect(python(['--self-test'], '')).toBe('');
  });

  it('judges as we do', () => {
    const refused = refusedNotes.map(([what, note]): Case => [what, note, trust]);
    const cases = [...accepted, ...refused, ...misspelt];
    const verdicts = JSON.parse(python([], JSON.stringify(cases.map(caseOf)))) as unknown[];
    const ours = cases.map(([what, note, held]) => [what, written(verifyCheckpoint(note, held))]);
    expect(cases.map(([what], index) => [what, verdicts[index]])).toEqual(ours);
    const isAccepted = verdicts.map((verdict) => (verdict as CheckpointVerdict).ok);
    expect(isAccepted).toEqual(cases.map((_, index) => index < accepted.length));
  });
});
