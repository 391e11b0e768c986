import { describe, expect, it } from 'vitest';
import { formatAddCheckpoint, parseAddCheckpoint } from '../../src/checkpoint/add-checkpoint.ts';
import { createMemoryWitness, type MemoryWitnessOptions } from '../../src/checkpoint/memory-witness.ts';
import { addSignatures, maxNoteBytes } from '../../src/checkpoint/note.ts';
import { type CosignatureRequest, obtainCosignature } from '../../src/checkpoint/obtain-cosignature.ts';
import { signCheckpoint } from '../../src/checkpoint/sign-checkpoint.ts';
import { verifyCheckpoint } from '../../src/checkpoint/verify-checkpoint.ts';
import { formatWitnessResponse, parseWitnessResponse } from '../../src/checkpoint/witness-response.ts';
import type { Witness, WitnessAnswer } from '../../src/checkpoint/witness.ts';
import { otherSigner, testSigner } from '../fixtures/chain.ts';
import { expectCode } from '../fixtures/expect-code.ts';
import {
  forkedLog,
  log,
  logKey,
  origin,
  seconds,
  type TestLog,
  witnessKey,
  witnessKeyOf,
  witnessName,
  witnessSigner,
} from './log.ts';
import { sigsumLog } from './published.ts';

const options: MemoryWitnessOptions = {
  name: witnessName,
  signer: witnessSigner,
  logs: new Map([[origin, [logKey]]]),
  clock: () => seconds,
};

async function requestOf(of: TestLog, oldSize: number, size: number) {
  return { oldSize, proof: await of.prove(oldSize, size), checkpoint: await of.checkpoint(size) };
}

/** The same bytes as a part of a larger buffer, as Node often gives them. */
function within(bytes: Uint8Array): Uint8Array {
  return Buffer.concat([Buffer.of(1, 2, 3), bytes]).subarray(3);
}

/** A witness that has cosigned the log at that size. */
async function witnessAt(size: number, changes: Partial<MemoryWitnessOptions> = {}): Promise<Witness> {
  const witness = createMemoryWitness({ ...options, ...changes });
  expect(await witness.addCheckpoint(await requestOf(log, 0, size))).toMatchObject({ ok: true });
  return witness;
}

describe('createMemoryWitness', () => {
  it('answers as a public implementation does', async () => {
    const { origin: known, publicKey, requests } = sigsumLog;
    const key = { ...logKey, name: known, publicKey: new Uint8Array(Buffer.from(publicKey, 'hex')) };
    const witness = createMemoryWitness({ ...options, logs: new Map([[known, [key]]]) });
    for (const { body, status, size } of requests) {
      const answer = await witness.addCheckpoint(parseAddCheckpoint(body));
      const response = formatWitnessResponse(answer);
      expect(response).toMatchObject({ status, ...(size !== undefined && { body: `${String(size)}\n` }) });
      expect(parseWitnessResponse(response)).toEqual(answer);
    }
  });

  it('cosigns a log as it grows, and the same checkpoint again', async () => {
    const witness = createMemoryWitness(options);
    for (const [oldSize, size] of [
      [0, 0],
      [0, 1],
      [1, 3],
      [3, 3],
      [3, 4],
      [4, 17],
    ] as const) {
      const request = await requestOf(log, oldSize, size);
      const answer = await witness.addCheckpoint(request);
      const note = addSignatures(request.checkpoint, answer.ok ? answer.signatures : []);
      expect(verifyCheckpoint(note, { origin, logKeys: [logKey], witnesses: [witnessKey] })).toMatchObject({
        ok: true,
        checkpoint: { size },
        cosignatures: [{ name: witnessName, seconds }],
      });
    }
  });

  it('refuses a log that was forked, at the same size and at a larger one', async () => {
    const witness = await witnessAt(5);
    const forked = await requestOf(forkedLog, 5, 9);
    expect(await witness.addCheckpoint(await requestOf(forkedLog, 5, 5))).toEqual({
      ok: false,
      reason: 'inconsistent',
    });
    expect(await witness.addCheckpoint(forked)).toEqual({ ok: false, reason: 'inconsistent' });
    expect(await witness.addCheckpoint({ ...forked, proof: await log.prove(5, 9) })).toEqual({
      ok: false,
      reason: 'inconsistent',
    });
    expect(await witness.addCheckpoint(await requestOf(log, 5, 9))).toMatchObject({ ok: true });
  });

  it('refuses an older checkpoint, and says what it cosigned last', async () => {
    const witness = await witnessAt(5);
    for (const oldSize of [0, 3, 4])
      expect(await witness.addCheckpoint(await requestOf(log, oldSize, 4))).toEqual({
        ok: false,
        reason: 'conflict',
        size: 5,
      });
  });

  it('cosigns one of many that come at once', async () => {
    const witness = await witnessAt(5);
    const requests = await Promise.all(
      Array.from({ length: 16 }, (_, index) => requestOf(index % 2 === 0 ? log : forkedLog, 5, 6 + index)),
    );
    const answers = await Promise.all(requests.map((request) => witness.addCheckpoint(request)));
    expect(answers.filter(({ ok }) => ok)).toHaveLength(1);
    expect(answers[0]).toMatchObject({ ok: true });
  });

  it('remembers a checkpoint that it could not sign', async () => {
    const failure = new Error('The key service is away.');
    let isAway = false;
    const sign = (message: Uint8Array) => (isAway ? Promise.reject(failure) : witnessSigner.sign(message));
    const witness = await witnessAt(5, { signer: { ...witnessSigner, sign } });
    isAway = true;
    await expect(witness.addCheckpoint(await requestOf(log, 5, 7))).rejects.toBe(failure);
    isAway = false;
    expect(await witness.addCheckpoint(await requestOf(log, 5, 8))).toMatchObject({
      reason: 'conflict',
      size: 7,
    });
    expect(await witness.addCheckpoint(await requestOf(log, 7, 7))).toMatchObject({ ok: true });
  });

  it('keeps logs apart', async () => {
    const other = { origin: 'example.com/umbrella', size: 2, root: log.root(2) };
    const logs = new Map([
      [origin, [logKey]],
      [other.origin, [{ ...logKey, name: other.origin }]],
    ]);
    const witness = await witnessAt(5, { logs });
    const request = { oldSize: 0, proof: [], checkpoint: await signCheckpoint(other, testSigner) };
    expect(await witness.addCheckpoint(request)).toMatchObject({ ok: true });
  });

  it.each<[string, (checkpoint: string) => string, number, string]>([
    ['nothing', () => '', 0, 'unknown-log'],
    ['another log', (note) => note.replaceAll(origin, 'example.com/other'), 0, 'unknown-log'],
    ['no signature', (note) => note.slice(0, note.indexOf('— ')), 0, 'malformed'],
    ['no checkpoint', (note) => note.replace('\n7\n', '\nseven\n'), 0, 'malformed'],
    ['another signer', (note) => note.replace(`— ${origin}`, '— example.com/other'), 0, 'unsigned'],
    ['a changed size', (note) => note.replace('\n7\n', '\n8\n'), 0, 'unsigned'],
    ['an old size beyond its own', (note) => note, 8, 'malformed'],
    ['an old size that is none', (note) => note, 0.5, 'conflict'],
  ])('refuses a request with %s', async (_, change, oldSize, reason) => {
    const checkpoint = change(await log.checkpoint(7));
    const answer = await createMemoryWitness(options).addCheckpoint({ oldSize, proof: [], checkpoint });
    expect(answer).toMatchObject({ ok: false, reason });
  });

  it('refuses a proof where there is nothing to prove', async () => {
    const request = await requestOf(log, 0, 7);
    const witness = createMemoryWitness(options);
    expect(await witness.addCheckpoint({ ...request, proof: [log.root(1)] })).toMatchObject({
      reason: 'inconsistent',
    });
  });

  it('does not witness a log with a key of its own, and has a fit key and name', () => {
    expectCode('TRUST_INVALID', () => createMemoryWitness({ ...options, signer: testSigner }));
    expectCode('TRUST_INVALID', () => createMemoryWitness({ ...options, logs: new Map([[origin, []]]) }));
    expectCode('KEY_NAME_INVALID', () => createMemoryWitness({ ...options, name: '', logs: new Map() }));
  });
});

describe('obtainCosignature', () => {
  const ask = async (of: TestLog, size: number, oldSize = 0): Promise<CosignatureRequest> => ({
    checkpoint: await of.checkpoint(size),
    oldSize,
    prove: (from) => of.prove(from, size),
  });
  const answering = (answer: WitnessAnswer): Witness => ({
    verifierKey: witnessKey,
    addCheckpoint: () => Promise.resolve(answer),
  });

  it('asks again from the size that the witness names', async () => {
    const witness = await witnessAt(5);
    const request = await ask(log, 9, 3);
    const obtained = await obtainCosignature(witness, request);
    expect(obtained).toMatchObject({ ok: true, seconds });
    const note = addSignatures(request.checkpoint, obtained.ok ? [obtained.signature] : []);
    expect(verifyCheckpoint(note, { origin, logKeys: [logKey], witnesses: [witnessKey] }).ok).toBe(true);
  });

  it('says when the log was rewound, and when it was forked', async () => {
    const witness = await witnessAt(9);
    expect(await obtainCosignature(witness, await ask(log, 5))).toEqual({
      ok: false,
      reason: 'conflict',
      size: 9,
    });
    expect(await obtainCosignature(witness, await ask(forkedLog, 12))).toEqual({
      ok: false,
      reason: 'inconsistent',
    });
  });

  it('asks a witness twice at most', async () => {
    let asked = 0;
    const addCheckpoint = (): Promise<WitnessAnswer> => {
      asked += 1;
      return Promise.resolve({ ok: false, reason: 'conflict', size: asked });
    };
    const answer = await obtainCosignature({ verifierKey: witnessKey, addCheckpoint }, await ask(log, 9));
    expect(answer).toEqual({ ok: false, reason: 'conflict', size: 2 });
    expect(asked).toBe(2);
  });

  it('takes no cosignature but the witness’s, of this checkpoint', async () => {
    const good = await createMemoryWitness(options).addCheckpoint(await requestOf(log, 0, 7));
    const other = await createMemoryWitness({ ...options, signer: otherSigner }).addCheckpoint(
      await requestOf(log, 0, 7),
    );
    const signatures = good.ok ? good.signatures : [];
    const others = other.ok ? other.signatures : [];
    const answer = (lines: typeof signatures, size: number) =>
      ask(log, size).then((request) =>
        obtainCosignature(answering({ ok: true, signatures: lines }), request),
      );
    expect(await answer([...others, ...signatures], 7)).toMatchObject({ ok: true, signature: signatures[0] });
    const views = signatures.map((line) => ({ ...line, signature: within(line.signature) }));
    expect(await answer(views, 7)).toMatchObject({ ok: true, seconds });
    expect(await answer(signatures, 8)).toEqual({ ok: false, reason: 'faulty-answer' });
    expect(await answer(others, 7)).toEqual({ ok: false, reason: 'faulty-answer' });
    expect(await answer([], 7)).toEqual({ ok: false, reason: 'faulty-answer' });
  });

  it('lets a witness that is away throw', async () => {
    const failure = new Error('No answer.');
    const away: Witness = {
      verifierKey: witnessKeyOf(witnessSigner),
      addCheckpoint: () => Promise.reject(failure),
    };
    await expect(obtainCosignature(away, await ask(log, 7))).rejects.toBe(failure);
  });
});

describe('formatAddCheckpoint and parseAddCheckpoint', () => {
  it.each(sigsumLog.requests)('read and write a request that is answered by $status', ({ body }) => {
    expect(formatAddCheckpoint(parseAddCheckpoint(body))).toBe(body);
    expect(parseAddCheckpoint(Buffer.from(body))).toEqual(parseAddCheckpoint(body));
  });

  const [, , , , { body } = { body: '' }] = sigsumLog.requests;
  const hash = 'KgEAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n';

  it('take 63 hashes and not one more', () => {
    const withHashes = (count: number): string => body.replace(/\n(.*\n)*?\n/, `\n${hash.repeat(count)}\n`);
    expect(parseAddCheckpoint(withHashes(63)).proof).toHaveLength(63);
    expect(
      parseAddCheckpoint(withHashes(63).replace('old 1', `old ${String(2 ** 53 - 1)}`)).proof,
    ).toHaveLength(63);
    expectCode('WITNESS_REQUEST_INVALID', () => parseAddCheckpoint(withHashes(64)));
    const { oldSize, checkpoint } = parseAddCheckpoint(body);
    const proof = Array.from({ length: 64 }, () => new Uint8Array(32));
    expectCode('WITNESS_REQUEST_INVALID', () => formatAddCheckpoint({ oldSize, proof, checkpoint }));
  });

  it.each([
    ['nothing', '', 'WITNESS_REQUEST_INVALID'],
    ['no empty line', 'old 0\n', 'WITNESS_REQUEST_INVALID'],
    ['no old size', body.slice('old 1\n'.length), 'WITNESS_REQUEST_INVALID'],
    ['another word', body.replace('old', 'new'), 'WITNESS_REQUEST_INVALID'],
    ['a leading zero', body.replace('old 1', 'old 01'), 'WITNESS_REQUEST_INVALID'],
    ['a negative size', body.replace('old 1', 'old -1'), 'WITNESS_REQUEST_INVALID'],
    ['a size of 2^53', body.replace('old 1', 'old 9007199254740992'), 'WITNESS_REQUEST_INVALID'],
    ['two spaces', body.replace('old 1', 'old  1'), 'WITNESS_REQUEST_INVALID'],
    ['a hash that is too short', body.replace(hash, 'KgEA\n'), 'WITNESS_REQUEST_INVALID'],
    ['a hash with unused bits', body.replace('AAA=\nKg', 'AAB=\nKg'), 'WITNESS_REQUEST_INVALID'],
    ['far too much', 'a'.repeat(maxNoteBytes + 10_000), 'WITNESS_REQUEST_INVALID'],
    ['bytes that are no text', Uint8Array.of(0xff, ...Buffer.from(body)), 'WITNESS_REQUEST_INVALID'],
    ['no note', 'old 0\n\na\n', 'NOTE_INVALID'],
    ['a note without its last newline', body.slice(0, -1), 'NOTE_INVALID'],
  ] as const)('refuse %s', (_, wrong, code) => {
    expectCode(code, () => parseAddCheckpoint(wrong));
  });

  it('do not write what they would not read', () => {
    const request = parseAddCheckpoint(body);
    expectCode('WITNESS_REQUEST_INVALID', () => formatAddCheckpoint({ ...request, oldSize: -1 }));
    expectCode('WITNESS_REQUEST_INVALID', () =>
      formatAddCheckpoint({ ...request, proof: [new Uint8Array(31)] }),
    );
    expectCode('NOTE_INVALID', () => formatAddCheckpoint({ ...request, checkpoint: 'a' }));
  });
});

describe('formatWitnessResponse and parseWitnessResponse', () => {
  it.each([
    ['malformed', 400],
    ['unsigned', 403],
    ['unknown-log', 404],
    ['inconsistent', 422],
  ] as const)('write and read %s as %d', (reason, status) => {
    expect(formatWitnessResponse({ ok: false, reason })).toMatchObject({ status });
    expect(parseWitnessResponse({ status, body: '' })).toEqual({ ok: false, reason });
  });

  it('write and read a conflict as C2SP says', () => {
    const answer = { ok: false, reason: 'conflict', size: 7 } as const;
    const response = { status: 409, contentType: 'text/x.tlog.size', body: '7\n' };
    expect(formatWitnessResponse(answer)).toEqual(response);
    expect(parseWitnessResponse(response)).toEqual(answer);
  });

  it.each([
    ['an error of the server', 500, ''],
    ['a redirection', 302, ''],
    ['no signature', 200, ''],
    ['what is no signature line', 200, 'ok\n'],
    ['a conflict without size', 409, ''],
    ['a size without newline', 409, '77'],
    ['a size with a leading zero', 409, '07\n'],
  ])('refuse %s', (_, status, body) => {
    expectCode('WITNESS_ANSWER_INVALID', () => parseWitnessResponse({ status, body }));
  });
});
