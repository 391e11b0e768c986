import { fileURLToPath } from 'node:url';
import { createContext, runInContext } from 'node:vm';
import { rolldown } from 'rolldown';
import { describe, expect, it } from 'vitest';
import { formatBundle, formatVerifierKey } from '../src/verify.ts';
import { honest } from './bundle/honest-bundle.ts';
import { witnessKey } from './checkpoint/log.ts';
import { testSigner } from './fixtures/chain.ts';
import vector from './fixtures/node-vector.json' with { type: 'json' };
import { vectorNode } from './fixtures/vector-node.ts';

/** The verifying half as a browser gets it: one script, bundled under a browser's conditions. */
async function bundle(): Promise<string> {
  const build = await rolldown({
    input: fileURLToPath(new URL('../src/verify.ts', import.meta.url)),
    platform: 'browser',
    resolve: { conditionNames: ['@agent-agency/source', 'browser', 'import'] },
    // A module that is not found would stay an import, with a warning.
    onLog: (_, { message }) => {
      throw new Error(message);
    },
  });
  const { output } = await build.generate({ format: 'iife', name: 'provenance' });
  await build.close();
  return output[0].code;
}

/** A world with the globals of the language, TextEncoder, TextDecoder, and no other. */
function emptyWorld(): object {
  const encode = (text: string): Uint8Array => new TextEncoder().encode(text);
  const encodeInto = (text: string, bytes: Uint8Array): object => new TextEncoder().encodeInto(text, bytes);
  const decode = (bytes: Uint8Array, options: object): string =>
    new TextDecoder('utf-8', options).decode(bytes);
  const world = createContext({ encode, encodeInto, decode });
  runInContext(
    `{
      const { encode, encodeInto, decode } = globalThis;
      globalThis.TextEncoder = class {
        encode(text) { return Uint8Array.from(encode(text)); }
        encodeInto(text, bytes) { return encodeInto(text, bytes); }
      };
      globalThis.TextDecoder = class {
        constructor(label, options) { this.options = options; }
        decode(bytes) { return decode(bytes, this.options); }
      };
      for (const name of ['encode', 'encodeInto', 'decode', 'console', 'WebAssembly']) delete globalThis[name];
    }`,
    world,
  );
  return world;
}

/** Values go in and out as JSON, so that every object is one of the world in which the half runs. */
const scenario = `(async () => {
  const { node, signature, publicKey, bundle, witness } = JSON.parse(input);
  const content = Uint8Array.from(node.content);
  const hashed = { ...node, content, createdAtMicros: BigInt(node.createdAtMicros) };
  const record = { ...hashed, hashChain: provenance.hashNode(hashed), signature };
  const key = Uint8Array.from(publicKey);
  const keys = [{ keyId: provenance.publicKeyId(key), publicKey: key }];
  const kinds = async (change) => {
    const expectedHead = { seq: 1, hash: record.hashChain };
    const report = await provenance.verifyChain([{ ...record, ...change }], { tenantId: node.tenantId, keys, expectedHead });
    return report.violations.map(({ kind }) => kind);
  };
  const trust = { origin: 'example.com/acme', keys, witnesses: [provenance.parseVerifierKey(witness)] };
  const judge = (text) => {
    const { ok, nodes, faults } = provenance.verifyBundle(text, trust);
    return ok ? nodes.map(({ seq }) => seq) : faults.map(({ reason, index }) => reason + ' ' + index);
  };
  return JSON.stringify({
    bundle: judge(bundle),
    forgedBundle: judge(bundle.replace('"entity_type":"spec"', '"entity_type":"gate"')),
    hash: record.hashChain,
    honest: await kinds({}),
    column: await kinds({ description: 'forged' }),
    content: await kinds({ content: Uint8Array.of(...content, 0x20) }),
    signature: await kinds({ signature: signature.replace(/^./, 'v') }),
    platform: ['Buffer', 'console', 'crypto', 'fetch', 'process', 'require', 'setTimeout'].filter((name) => name in globalThis),
  });
})()`;

describe('the verifying half without Node', () => {
  it('verifies the vector of FORMAT.md and a bundle, and finds what was tampered with', async () => {
    const world = emptyWorld();
    runInContext(await bundle(), world);
    const input = {
      node: {
        ...vectorNode,
        content: [...vectorNode.content],
        createdAtMicros: String(vectorNode.createdAtMicros),
      },
      signature: vector.node.signature,
      publicKey: [...testSigner.publicKey],
      bundle: formatBundle(honest),
      witness: formatVerifierKey(witnessKey),
    };
    Object.assign(world, { input: JSON.stringify(input) });
    const found: unknown = await runInContext(scenario, world);
    expect(JSON.parse(String(found))).toEqual({
      bundle: [1, 2, 3, 4, 5, 6, 7, 8, 9],
      forgedBundle: ['hash-mismatch 0'],
      hash: vector.node.hash_chain,
      honest: [],
      column: ['hash-mismatch'],
      content: ['hash-mismatch', 'content-not-canonical'],
      signature: ['bad-signature'],
      platform: [],
    });
  });
});
