import { describe, expect, it } from 'vitest';
import {
  addSignatures,
  createHttpWitness,
  createMemoryWitness,
  obtainCosignature,
  verifyCheckpoint,
  type Witness,
} from '../../src/index.ts';
import {
  forkedLog,
  log,
  logKey,
  origin,
  seconds,
  witnessKey,
  witnessName,
  witnessSigner,
} from '../checkpoint/log.ts';
import { expectCode } from '../fixtures/expect-code.ts';
import { serveWitness, withServer } from './support/witness-server.ts';

const newWitness = (): Witness =>
  createMemoryWitness({
    name: witnessName,
    signer: witnessSigner,
    logs: new Map([[origin, [logKey]]]),
    clock: () => seconds,
  });
const clientOf = (url: string, timeoutMs?: number): Witness =>
  createHttpWitness({ url: `${url}/w1`, verifierKey: witnessKey, timeoutMs });

async function requestOf(of: typeof log, oldSize: number, size: number) {
  return { oldSize, proof: await of.prove(oldSize, size), checkpoint: await of.checkpoint(size) };
}

describe('createHttpWitness', () => {
  it('has checkpoints cosigned, one after the other', async () => {
    await withServer(serveWitness(newWitness()), async (url) => {
      for (const size of [3, 7]) {
        const checkpoint = await log.checkpoint(size);
        const prove = (from: number) => log.prove(from, size);
        const obtained = await obtainCosignature(clientOf(url), { checkpoint, oldSize: 0, prove });
        const note = addSignatures(checkpoint, obtained.ok ? [obtained.signature] : []);
        expect(verifyCheckpoint(note, { origin, logKeys: [logKey], witnesses: [witnessKey] })).toMatchObject({
          ok: true,
          checkpoint: { size },
          cosignatures: [{ name: witnessName, seconds }],
        });
      }
    });
  });

  it('says what the witness says when it refuses', async () => {
    await withServer(serveWitness(newWitness()), async (url) => {
      const client = clientOf(url);
      expect(await client.addCheckpoint(await requestOf(log, 0, 5))).toMatchObject({ ok: true });
      expect(await client.addCheckpoint(await requestOf(log, 0, 7))).toEqual({
        ok: false,
        reason: 'conflict',
        size: 5,
      });
      expect(await client.addCheckpoint(await requestOf(forkedLog, 5, 7))).toEqual({
        ok: false,
        reason: 'inconsistent',
      });
      const unknown = (await log.checkpoint(7)).replaceAll(origin, 'example.com/other');
      expect(await client.addCheckpoint({ oldSize: 5, proof: [], checkpoint: unknown })).toEqual({
        ok: false,
        reason: 'unknown-log',
      });
    });
  });

  it.each<[string, Parameters<typeof withServer>[0]]>([
    ['an error of the server', (_, response) => response.writeHead(500).end()],
    ['something else', (_, response) => response.end('<html></html>')],
    ['more than it should', (_, response) => response.end('—'.repeat(100_000))],
    [
      'without an end',
      (_, response) => void setInterval(() => response.write('a'.repeat(100_000)), 1).unref(),
    ],
  ])('takes no answer that is %s', async (_, listener) => {
    await withServer(listener, async (url) => {
      await expect(clientOf(url).addCheckpoint(await requestOf(log, 0, 5))).rejects.toMatchObject({
        code: 'WITNESS_ANSWER_INVALID',
      });
    });
  });

  it('rejects when there is no answer, and follows no redirection', async () => {
    const request = await requestOf(log, 0, 5);
    const silent = withServer(
      () => undefined,
      (url) => clientOf(url, 10).addCheckpoint(request),
    );
    await expect(silent).rejects.toThrow(expect.objectContaining({ name: 'TimeoutError' }) as Error);
    const away = await withServer(serveWitness(newWitness()), (url) => Promise.resolve(url));
    await expect(clientOf(away).addCheckpoint(request)).rejects.toBeInstanceOf(TypeError);
    await withServer(serveWitness(newWitness()), async (url) => {
      const redirecting = withServer(
        (_, response) => response.writeHead(307, { location: `${url}/w1/add-checkpoint` }).end(),
        (other) => clientOf(other).addCheckpoint(request),
      );
      await expect(redirecting).rejects.toBeInstanceOf(TypeError);
    });
  });

  it('is asked in the way it is told to', async () => {
    const asked: string[] = [];
    const fetch: typeof globalThis.fetch = (url) => {
      asked.push(url instanceof URL ? url.href : 'none');
      return Promise.resolve(new Response('', { status: 403 }));
    };
    const client = createHttpWitness({
      url: 'https://witness.example.com/w1/',
      verifierKey: witnessKey,
      fetch,
    });
    expect(await client.addCheckpoint(await requestOf(log, 0, 5))).toEqual({ ok: false, reason: 'unsigned' });
    expect(asked).toEqual(['https://witness.example.com/w1/add-checkpoint']);
  });

  it.each(['', 'witness.example.com', 'ftp://witness.example.com', 'file:///etc'])(
    'refuses the URL "%s"',
    (url) => {
      expectCode('INVALID_INPUT', () => createHttpWitness({ url, verifierKey: witnessKey }));
    },
  );
});
