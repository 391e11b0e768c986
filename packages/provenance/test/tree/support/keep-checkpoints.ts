import type { ConnectionPoolManager } from '@agent-agency/db-core';
import {
  type Checkpointer,
  createCheckpointer,
  createHttpWitness,
  parseVerifierKey,
  type Signer,
} from '@agent-agency/provenance';

interface Keeping {
  readonly signer: Signer;
  /** Verifier key and address of each. */
  readonly witnesses: readonly (readonly [vkey: string, url: string])[];
  readonly alarm: (error: unknown) => void;
}

export function keepCheckpoints(manager: ConnectionPoolManager, keeping: Keeping): Checkpointer {
  const witnesses = keeping.witnesses.map(([vkey, url]) =>
    createHttpWitness({ verifierKey: parseVerifierKey(vkey), url }),
  );
  const checkpointer = createCheckpointer(manager, {
    tenantId: 'acme',
    deployment: 'log.example.com',
    signer: keeping.signer,
    witnesses,
    onError: keeping.alarm,
  });
  checkpointer.start();
  return checkpointer; // before the process ends: await checkpointer.stop()
}
