// `#crypto` (package.json) is node.ts in Node and portable.ts everywhere else.
import { ed25519 } from '#crypto';
import { createVerifier } from './ed25519.ts';

export { sha256, sha256Hex } from '#crypto';
export { requireKeyLength, type VerifyingKey } from './ed25519.ts';
export const { importVerifyingKey, verifyEd25519, verifyEd25519Async } = createVerifier(ed25519);
