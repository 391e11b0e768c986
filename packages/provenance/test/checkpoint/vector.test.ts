import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { formatCheckpoint } from '../../src/checkpoint/checkpoint.ts';
import { cosignCheckpoint } from '../../src/checkpoint/cosign-checkpoint.ts';
import { cosignedMessage } from '../../src/checkpoint/cosignature.ts';
import { addSignatures } from '../../src/checkpoint/note.ts';
import { signCheckpoint } from '../../src/checkpoint/sign-checkpoint.ts';
import { formatVerifierKey } from '../../src/checkpoint/verifier-key.ts';
import { logLeafHash } from '../../src/merkle/tree-hash.ts';
import { seededSigner } from '../fixtures/chain.ts';
import nodeVector from '../fixtures/node-vector.json' with { type: 'json' };
import vector from './checkpoint-vector.json' with { type: 'json' };
import { logKeyOf, origin, witnessKeyOf, witnessName } from './log.ts';

// The vector is written down, not computed: a change of format fails here, whatever else agrees with itself.
describe('the test vector of checkpoints', () => {
  it('is what the package makes of the log whose only node is that of the node vector', async () => {
    const logSigner = seededSigner(Buffer.from(vector.log_seed, 'hex'));
    const signer = seededSigner(Buffer.from(vector.witness_seed, 'hex'));
    const checkpoint = { origin, size: 1, root: logLeafHash(vector.hash_chain) };
    const text = formatCheckpoint(checkpoint);
    const cosignature = await cosignCheckpoint(text, { name: witnessName, signer, seconds: vector.seconds });
    expect({
      ...vector,
      log_key: formatVerifierKey(logKeyOf(logSigner)),
      witness_key: formatVerifierKey(witnessKeyOf(signer)),
      hash_chain: nodeVector.node.hash_chain,
      text,
      cosigned_message: Buffer.from(cosignedMessage(text, vector.seconds)).toString(),
      note: addSignatures(await signCheckpoint(checkpoint, logSigner), [cosignature]),
    }).toEqual(vector);
  });

  it('stands in FORMAT.md', async () => {
    const text = await readFile(new URL('../../FORMAT.md', import.meta.url), 'utf8');
    for (const value of [vector.log_key, vector.witness_key, vector.note]) expect(text).toContain(value);
  });
});
