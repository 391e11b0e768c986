import { getOne, type TenantTransaction } from '@agent-agency/db-core';
import { sql } from 'kysely';
import { z } from 'zod';
import { parseInput, TenancyError } from '../../errors.ts';
import { readFederatedInsights } from '../insights.ts';
import { federated } from '../refusals.ts';
import { SessionRef } from '../sessions.ts';
import { messageContext, readParties, type Parties, type PartyKeys } from './parties.ts';
import { addShares, decodeElements, encodeElements, fromRing, splitSecrets, toRing } from './ring.ts';
import { open, seal } from './sealed-message.ts';
import { fromTotal, toSteps, withOwnNoise } from './steps.ts';

const TopicRef = SessionRef.extend({ topicKey: z.string().min(1).max(500) });
const SecretInput = TopicRef.extend({ values: z.array(z.number()).min(1).max(1000) });
const RoundRef = TopicRef.extend({ round: z.int().min(1) });

/**
 * Puts the tenant's values into the current round of a secure session: splits each into one random share a party, which
 * add up to it, and seals each share for its party. The database gets nothing else, and can open none. A count is a sum
 * with lower 0 and resolution 1.
 *
 * Where the session asks for noise, every party adds all of it and pays for it: its guarantee holds whatever the others
 * do. The total then has the noise of all of them.
 *
 * What others learn is the total, and what follows from it: all parties but one, put together, can work the last one's
 * value out of an exact total. Parties are taken to follow the protocol; one that lies about its value or its sum
 * spoils the total, and learns nothing more.
 *
 * @throws {TenancyError} `INVALID_INPUT`; `PRIVACY_LEVEL_MISMATCH` unless the session is secure;
 *   `FEDERATED_SESSION_NOT_FOUND`, `FEDERATED_SESSION_STATUS`, `NO_FEDERATED_CONSENT`; `ALREADY_CONTRIBUTED`;
 *   `PARTIES_MISSING` when one has left; `SEALING_KEY_UNTRUSTED`; `PRIVACY_BUDGET_EXCEEDED` when noise is to be paid.
 */
export async function shareSecret(
  tx: TenantTransaction,
  input: z.input<typeof SecretInput>,
  trust: PartyKeys,
): Promise<void> {
  const { sessionId, topicKey, values } = parseInput(SecretInput, input, 'the secret');
  const parties = await readParties(tx, sessionId, trust);
  const { settings } = parties.session;
  const secrets = withOwnNoise(settings, toSteps(settings, values)).map(toRing);
  const shares = splitSecrets(secrets, parties.keys.length).map(encodeElements);
  const sealed = await sealForEach(parties, { kind: 'share', topicKey }, (to) => shares[to - 1]);
  await federated(
    sql`select app.send_federated_shares(${sessionId}, ${topicKey}, ${sealed}::bytea[])`.execute(tx),
  );
}

/**
 * Opens the shares that the tenant got, adds them up, and publishes the sum, with a proof for each party that it is this
 * one. For a round that is closed.
 *
 * @throws {TenancyError} `SHARE_TAMPERED` when a share does not open; `PARTIES_MISSING` when one is not there;
 *   and as {@link shareSecret}.
 */
export async function publishPartialSum(
  tx: TenantTransaction,
  input: z.input<typeof TopicRef>,
  trust: PartyKeys,
): Promise<void> {
  const { sessionId, topicKey } = parseInput(TopicRef, input, 'the topic');
  const parties = await readParties(tx, sessionId, trust);
  const partial = addShares(await openShares(tx, parties, topicKey));
  const content = encodeElements(partial);
  const message = { kind: 'partial sum', topicKey, content } as const;
  const proofs = await sealForEach(parties, message, () => new Uint8Array());
  const decimals = partial.map(String);
  await federated(
    sql`select app.publish_partial_sum(${sessionId}, ${topicKey}, ${decimals}::numeric[], ${proofs}::bytea[])`.execute(
      tx,
    ),
  );
}

/**
 * Adds the partial sums of one's own session up, and goes on to the next round or to the end. It needs all of them: there
 * is no way to leave a party out that does not answer. The totals can be read in a later transaction.
 *
 * @throws {TenancyError} `PARTIES_MISSING` when a party has not published, has left, or does not consent any more;
 *   `SHARE_TAMPERED` when a total is none that values of the session can have; `FEDERATED_SESSION_NOT_FOUND`,
 *   `FEDERATED_SESSION_STATUS`, `PRIVACY_LEVEL_MISMATCH`.
 */
export async function finishSecureRound(
  tx: TenantTransaction,
  ref: SessionRef,
): Promise<{ readonly insights: number }> {
  const { sessionId } = parseInput(SessionRef, ref, 'the session');
  const finish = sql<{ insights: number }>`select app.finish_secure_round(${sessionId}) as insights`.execute(
    tx,
  );
  return { insights: (await getOne(federated(finish), 'count of insights')).insights };
}

/**
 * Checks a total for oneself, as a party: that each partial sum is the one that its party published, and that they add up
 * to what the session tells. So nobody who only administers the database can pass another total off.
 *
 * @returns the total, one for each dimension.
 * @throws {TenancyError} `SHARE_TAMPERED` when it is not so; `PARTIES_MISSING` when there is no such total (yet).
 */
export async function verifySecureSum(
  tx: TenantTransaction,
  input: z.input<typeof RoundRef>,
  trust: PartyKeys,
): Promise<number[]> {
  const { sessionId, topicKey, round } = parseInput(RoundRef, input, 'the total');
  const parties = await readParties(tx, sessionId, trust);
  // As text: node-postgres reads a list of numerics as floating point.
  const { rows } = await federated(
    sql<PartialRow>`
      select from_party, partial_sum::text[], own_attestation
      from app.read_partial_sums(${sessionId}, ${round}, ${topicKey})
      order by from_party`.execute(tx),
  );
  refuseMissing(parties, rows.length);
  const partials: bigint[][] = [];
  for (const { from_party: from, partial_sum, own_attestation } of rows) {
    const partial = partial_sum.map(BigInt);
    const content = encodeElements(partial);
    const context = messageContext(parties, {
      kind: 'partial sum',
      round,
      topicKey,
      from,
      to: parties.own,
      content,
    });
    await open(own_attestation, context, { sender: keyOf(parties, from), recipient: parties.ownKey });
    partials.push(partial);
  }
  const { settings } = parties.session;
  const totals = addShares(partials).map((total) => fromTotal(settings, fromRing(total), partials.length));
  const told = await readFederatedInsights(tx, { sessionId });
  const insight = told.find((it) => it.round === round && it.topicKey === topicKey);
  if (insight === undefined || totals.some((total, at) => total !== insight.values[at]))
    throw new TenancyError('SHARE_TAMPERED', 'the total is not what the partial sums add up to');
  return totals;
}

interface PartialRow {
  readonly from_party: number;
  readonly partial_sum: string[];
  readonly own_attestation: Buffer;
}

async function openShares(tx: TenantTransaction, parties: Parties, topicKey: string): Promise<bigint[][]> {
  const { sessionId, round } = parties.session;
  const received = sql<{ from_party: number; sealed_share: Buffer }>`
    select * from app.receive_federated_shares(${sessionId}, ${topicKey})`.execute(tx);
  const { rows } = await federated(received);
  refuseMissing(parties, rows.length);
  const shares: bigint[][] = [];
  for (const { from_party: from, sealed_share } of rows) {
    const context = messageContext(parties, { kind: 'share', round, topicKey, from, to: parties.own });
    const share = await open(sealed_share, context, {
      sender: keyOf(parties, from),
      recipient: parties.ownKey,
    });
    shares.push(decodeElements(share));
  }
  return shares;
}

/** Seals something for each party, in their order. */
async function sealForEach(
  parties: Parties,
  message: {
    readonly kind: 'share' | 'partial sum';
    readonly topicKey: string;
    readonly content?: Uint8Array;
  },
  contentFor: (to: number) => Uint8Array | undefined,
): Promise<Buffer[]> {
  const { round } = parties.session;
  return Promise.all(
    parties.keys.map((recipient, at) => {
      const to = at + 1;
      const context = messageContext(parties, { ...message, round, from: parties.own, to });
      return seal(contentFor(to) ?? new Uint8Array(), context, { sender: parties.ownKey, recipient });
    }),
  );
}

function keyOf({ keys }: Parties, party: number): Uint8Array {
  const key = keys[party - 1];
  if (key !== undefined) return key;
  throw new TenancyError('SHARE_TAMPERED', 'something is of a party that the session does not have');
}

function refuseMissing({ keys }: Parties, found: number): void {
  if (found === keys.length) return;
  const problem = `of ${keys.length} parties, ${keys.length - found} are missing`;
  throw new TenancyError('PARTIES_MISSING', `${problem}, and a secure sum needs all of them`);
}
