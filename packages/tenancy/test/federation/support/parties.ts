import { joinFederation } from '../../../src/federation/participation.ts';
import {
  closeFederatedRound,
  createFederatedSession,
  joinFederatedSession,
  startFederatedSession,
} from '../../../src/federation/sessions.ts';
import { generateSealingKey, type SealingKey } from '../../../src/federation/secure/sealing-key.ts';
import {
  finishSecureRound,
  publishPartialSum,
  shareSecret,
  verifySecureSum,
} from '../../../src/federation/secure/secure-sum.ts';
import { useFederation, type Agreement, type Settings } from './federation.ts';

/** One value of -10 to 1000, its exact total. */
export const SUM: Settings = {
  privacyLevel: 'secure',
  lower: -10,
  upper: 1000,
  resolution: 0.01,
  epsilon: null,
};
/** The only topic. */
export const topicKey = 'mean';

export interface Party {
  readonly tenant: string;
  readonly key: SealingKey;
}

/** In the place of a party that a test has too few of. */
export const NOBODY: Party = { tenant: 'nobody', key: generateSealingKey() };

/** Three parties, by name. */
export const three = ([one = NOBODY, two = NOBODY, third = NOBODY]: readonly Party[]) =>
  [one, two, third] as const;

/** Tenants that share secrets. */
export function useParties() {
  const federation = useFederation();
  const { as, newTenants, federate } = federation;

  async function newParties(count: number, agreement: Agreement = { level: 'secure' }): Promise<Party[]> {
    const tenants = await newTenants(count);
    await federate(tenants, agreement);
    const parties = tenants.map((tenant) => ({ tenant, key: generateSealingKey() }));
    for (const { tenant, key } of parties)
      await as(tenant, (tx) => joinFederation(tx, { privacyLevel: 'secure', publicKey: key.publicKey }));
    return parties;
  }

  /** A session of the first party that all have joined; begun. */
  async function begin(parties: readonly Party[], settings: Settings = SUM): Promise<string> {
    const initiator = parties[0]?.tenant ?? '';
    const sessionId = await as(initiator, (tx) => createFederatedSession(tx, { topic: 'A total', settings }));
    for (const { tenant } of parties) await as(tenant, (tx) => joinFederatedSession(tx, { sessionId }));
    await as(initiator, (tx) => startFederatedSession(tx, { sessionId }));
    return sessionId;
  }

  const share = ({ tenant, key }: Party, sessionId: string, values: readonly number[]) =>
    as(tenant, (tx) => shareSecret(tx, { sessionId, topicKey, values: [...values] }, { key }));
  const publish = ({ tenant, key }: Party, sessionId: string) =>
    as(tenant, (tx) => publishPartialSum(tx, { sessionId, topicKey }, { key }));
  const close = ({ tenant }: Party, sessionId: string) =>
    as(tenant, (tx) => closeFederatedRound(tx, { sessionId }));
  const finish = ({ tenant }: Party, sessionId: string) =>
    as(tenant, (tx) => finishSecureRound(tx, { sessionId }));
  const verify = ({ tenant, key }: Party, sessionId: string, round = 1) =>
    as(tenant, (tx) => verifySecureSum(tx, { sessionId, topicKey, round }, { key }));

  /** Everybody shares, and the round is closed. */
  async function shareAll(
    parties: readonly Party[],
    sessionId: string,
    values: readonly (readonly number[])[],
  ) {
    for (const [at, party] of parties.entries()) await share(party, sessionId, values[at] ?? []);
    await close(parties[0] ?? NOBODY, sessionId);
  }

  return { ...federation, newParties, begin, share, publish, close, finish, verify, shareAll };
}
