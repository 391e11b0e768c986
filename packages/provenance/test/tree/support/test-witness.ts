import { type Mock, vi } from 'vitest';
import { createMemoryWitness, type Signer, type Witness } from '../../../src/index.ts';
import { logKeyOf, seconds, witnessSigner } from '../../checkpoint/log.ts';
import { testSigner } from '../../fixtures/chain.ts';

/** Whose logs the tests are about. */
export const deployment = 'log.example.com';

export function originOf(tenantId: string): string {
  return `${deployment}/${tenantId}`;
}

/** A witness that counts how often it is asked, and can be told to answer otherwise. */
export interface TestWitness extends Witness {
  readonly addCheckpoint: Mock<Witness['addCheckpoint']>;
}

/** A witness of one log. */
export function newWitness(
  tenantId: string,
  { name = 'w1', signer = witnessSigner }: { readonly name?: string; readonly signer?: Signer } = {},
): TestWitness {
  const origin = originOf(tenantId);
  const logs = new Map([[origin, [logKeyOf(testSigner, origin)]]]);
  const witness = createMemoryWitness({ name, signer, logs, clock: () => seconds });
  return {
    verifierKey: witness.verifierKey,
    addCheckpoint: vi.fn<Witness['addCheckpoint']>((request) => witness.addCheckpoint(request)),
  };
}
