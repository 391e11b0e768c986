import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  createMemoryWitness,
  createSigner,
  formatVerifierKey,
  formatWitnessResponse,
  generateSigningKey,
  parseAddCheckpoint,
  type VerifierKey,
} from '@agent-agency/provenance';
import { afterAll } from 'vitest';

/** A witness that answers over HTTP until the tests of the file end. */
export interface HttpWitness {
  readonly verifierKey: string;
  readonly url: string;
  /** What it answers in place of what it knows. */
  readonly say: (answer: Answer | undefined) => void;
}

interface Answer {
  readonly status: number;
  readonly body: string;
}

const server = createServer();
afterAll(() => {
  server.close();
});

/** Starts one that knows the log of this key. */
export async function startWitness(log: VerifierKey): Promise<HttpWitness> {
  const witness = createMemoryWitness({
    name: 'witness.example.com/w1',
    signer: createSigner(generateSigningKey().privateKeyPem),
    logs: new Map([[log.name, [log]]]),
    clock: () => 1_760_000_000,
  });
  let said: Answer | undefined;
  server.on('request', (request, response) => {
    let body = '';
    request.setEncoding('utf8').on('data', (text: string) => (body += text));
    request.on('end', () => {
      void witness.addCheckpoint(parseAddCheckpoint(body)).then((answer) => {
        const { status, body: text } = said ?? formatWitnessResponse(answer);
        response.writeHead(status).end(text);
      });
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    verifierKey: formatVerifierKey(witness.verifierKey),
    url: `http://127.0.0.1:${String(port)}/w1/`,
    say: (answer) => (said = answer),
  };
}
