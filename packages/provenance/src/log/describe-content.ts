import { createHash } from 'node:crypto';

/** Bytes that are kept elsewhere, as a node's content names them: in the words of in-toto's resource descriptor. */
export interface ContentDescriptor {
  readonly name?: string;
  /** Where they are, as far as is known. */
  readonly uri?: string;
  readonly mediaType?: string;
  /** SHA-256 of the bytes, hex. */
  readonly digest: { readonly sha256: string };
  /** **Units** bytes. */
  readonly size: number;
}

export type Bytes = Uint8Array | AsyncIterable<Uint8Array>;

/**
 * What a node says of content that is too large for it, or that should not be in a log: its digest binds every byte.
 *
 * **Cost** one pass, in constant memory for a stream.
 * @example
 * const report = await describeContent(createReadStream('report.pdf'), { mediaType: 'application/pdf' });
 * await appendNodes(tx, [{ ...node, content: { decision: 'accept', report: { ...report } } }], signer);
 * @see in-toto attestation framework, spec/v1/resource_descriptor.md
 */
export async function describeContent(
  bytes: Bytes,
  known: Pick<ContentDescriptor, 'name' | 'uri' | 'mediaType'> = {},
): Promise<ContentDescriptor> {
  const hash = createHash('sha256');
  let size = 0;
  for await (const part of bytes instanceof Uint8Array ? [bytes] : bytes) {
    hash.update(part);
    size += part.length;
  }
  return { ...known, digest: { sha256: hash.digest('hex') }, size };
}

/** Whether these are the bytes that were described. */
export async function isDescribedContent(
  bytes: Bytes,
  { digest, size }: Pick<ContentDescriptor, 'digest' | 'size'>,
): Promise<boolean> {
  const found = await describeContent(bytes);
  return found.size === size && found.digest.sha256 === digest.sha256;
}
