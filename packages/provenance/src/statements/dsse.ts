/**
 * Bytes, what they are, and who signed them.
 *
 * @see DSSE v1.0, envelope.md
 */
export interface DsseEnvelope {
  readonly payloadType: string;
  /** Base64. */
  readonly payload: string;
  readonly signatures: readonly DsseSignature[];
}

export interface DsseSignature {
  /** A hint which key it was; not signed, so that nothing may depend on it. */
  readonly keyid?: string | undefined;
  /** Base64. */
  readonly sig: string;
}
