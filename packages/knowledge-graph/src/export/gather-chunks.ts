const CHUNK_LENGTH = 1 << 16;

/** The same text in chunks of some 64 kB: a write for each line would take longer than the line. */
export async function* gatherChunks(pieces: AsyncIterable<string>): AsyncGenerator<string> {
  let chunk = '';
  for await (const piece of pieces) {
    chunk += piece;
    if (chunk.length < CHUNK_LENGTH) continue;
    yield chunk;
    chunk = '';
  }
  if (chunk !== '') yield chunk;
}
