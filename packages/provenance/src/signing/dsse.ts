import { concat, utf8 } from '../format/encoding.ts';

/** What is signed. */
export interface DssePayload {
  readonly payloadType: string;
  readonly payload: Uint8Array;
}

/**
 * The message that is signed for a payload: the type is in it, so bytes of one type are never taken for those of another.
 *
 * @see DSSE v1.0, protocol.md
 */
export function preAuthenticationEncoding({ payloadType, payload }: DssePayload): Uint8Array {
  const type = utf8(payloadType);
  return concat(utf8(`DSSEv1 ${String(type.length)} `), type, utf8(` ${String(payload.length)} `), payload);
}
