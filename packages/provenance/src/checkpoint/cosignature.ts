import { type VerifyingKey, verifyEd25519 } from '../crypto/index.ts';
import { concat, utf8 } from '../format/encoding.ts';

/**
 * The message that a witness signs for a checkpoint: two lines, then the checkpoint's text. They keep it from being taken for
 * a checkpoint itself, whose second line is a number.
 *
 * @param seconds when the witness signs, in POSIX time; not checked
 * @see https://c2sp.org/tlog-cosignature, "Ed25519 signed message"
 */
export function cosignedMessage(text: string, seconds: number): Uint8Array {
  return utf8(`cosignature/v1\ntime ${String(seconds)}\n${text}`);
}

/** What stands in a witness's signature line: the time in 8 bytes, big-endian, and 64 bytes of ed25519. */
export function encodeCosignature(seconds: number, signature: Uint8Array): Uint8Array {
  const time = new Uint8Array(8);
  const view = new DataView(time.buffer);
  view.setUint32(0, Math.floor(seconds / 2 ** 32));
  view.setUint32(4, seconds % 2 ** 32);
  return concat(time, signature);
}

/**
 * When the witness cosigned `text`, or undefined unless `cosignature` is its cosignature.
 *
 * Units: seconds of POSIX time, 1 … 2^53−1; other times are no cosignature's.
 * @see https://c2sp.org/tlog-cosignature, "Format"
 */
export function verifyCosignature(
  text: string,
  cosignature: Uint8Array,
  key: VerifyingKey,
): number | undefined {
  if (cosignature.length !== 8 + 64) return undefined;
  const view = new DataView(cosignature.buffer, cosignature.byteOffset);
  const seconds = view.getUint32(0) * 2 ** 32 + view.getUint32(4);
  if (!isCosigningTime(seconds)) return undefined;
  return verifyEd25519(key, cosignedMessage(text, seconds), cosignature.subarray(8)) ? seconds : undefined;
}

/** 0 stands for no time at all in newer kinds of cosignatures, and here too it would be a clock that was never set. */
export function isCosigningTime(seconds: number): boolean {
  return Number.isSafeInteger(seconds) && seconds > 0;
}
