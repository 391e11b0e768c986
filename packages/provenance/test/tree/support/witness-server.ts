import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { formatWitnessResponse, parseAddCheckpoint, type Witness } from '../../../src/index.ts';

/** A server of this machine, while `use` runs. */
export async function withServer<T>(listener: RequestListener, use: (url: string) => Promise<T>): Promise<T> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  try {
    return await use(`http://127.0.0.1:${String((server.address() as AddressInfo).port)}`);
  } finally {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
}

/** Answers at `/w1/add-checkpoint` as the witness does (C2SP tlog-witness). */
export function serveWitness(witness: Witness): RequestListener {
  return (request, response) => {
    const answer = async (): Promise<void> => {
      const { status, contentType, body } = formatWitnessResponse(
        await witness.addCheckpoint(parseAddCheckpoint(await text(request))),
      );
      response.writeHead(status, { 'content-type': contentType }).end(body);
    };
    const isKnown = request.method === 'POST' && request.url === '/w1/add-checkpoint';
    if (isKnown) answer().catch(() => response.writeHead(400).end());
    else response.writeHead(404).end();
  };
}
