import { describe, expect, it } from 'vitest';
import * as verify from '../src/verify.ts';

describe('@agent-agency/provenance/verify', () => {
  it('exports these values', () => {
    expect(Object.keys(verify).sort()).toEqual([
      'ProvenanceError',
      'canonicalize',
      'emptyHead',
      'encodeNode',
      'entityTypes',
      'hashNode',
      'importPublicKey',
      'maxJsonDepth',
      'maxListed',
      'nodePayloadType',
      'parseCanonical',
      'publicKeyId',
      'signedMessage',
      'verifyChain',
      'verifySignature',
    ]);
  });
});
