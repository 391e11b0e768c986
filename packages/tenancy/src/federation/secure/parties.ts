import { getOne, type TenantTransaction } from '@agent-agency/db-core';
import { sql } from 'kysely';
import { TenancyError } from '../../errors.ts';
import { federated } from '../refusals.ts';
import { findFederatedSessions, type FoundFederatedSession } from '../sessions.ts';
import type { SealingKey } from './sealing-key.ts';

/** A tenant's own key, and whom it trusts. */
export interface PartyKeys {
  readonly key: SealingKey;
  /**
   * Public keys that the tenant knows to be somebody's, from elsewhere than this database. Without them, whoever
   * administers the database could put keys of its own in the others' places, and open what is sealed with them.
   */
  readonly trustedKeys?: readonly Uint8Array[];
}

/** The parties of a secure session, as one of them sees it. */
export interface Parties {
  readonly session: FoundFederatedSession;
  /** Public keys by the parties' numbers, from 1: the first is party 1's. */
  readonly keys: readonly Uint8Array[];
  /** One's own number, and key. */
  readonly own: number;
  readonly ownKey: SealingKey;
}

/**
 * Reads the parties, and keeps the session from going on until the transaction ends.
 *
 * @throws {TenancyError} as `app.federated_parties()`; `FEDERATED_SESSION_STATUS` before it begins;
 *   `SEALING_KEY_UNTRUSTED` when a key is not one of the trusted ones, or one's own is not the one that joined.
 */
export async function readParties(
  tx: TenantTransaction,
  sessionId: string,
  trust: PartyKeys,
): Promise<Parties> {
  const { rows } = await federated(
    sql<PartyRow>`select * from app.federated_parties(${sessionId})`.execute(tx),
  );
  const found = await findFederatedSessions(tx);
  const session = await getOne(
    Promise.resolve(found.filter((it) => it.sessionId === sessionId)),
    'session of that id',
  );
  const keys = rows.map((row) => row.party_key);
  const own = rows.findIndex((row) => row.is_self) + 1;
  if (own === 0) throw new TenancyError('FEDERATED_SESSION_STATUS', 'the session has not begun');
  refuseUntrusted(keys, own, trust);
  return { session, keys, own, ownKey: trust.key };
}

interface PartyRow {
  readonly party_number: number;
  readonly party_key: Uint8Array;
  readonly is_self: boolean;
}

function refuseUntrusted(keys: readonly Uint8Array[], own: number, { key, trustedKeys }: PartyKeys): void {
  const includes = (list: readonly Uint8Array[], it: Uint8Array): boolean =>
    list.some((other) => Buffer.compare(other, it) === 0);
  if (!includes(keys.slice(own - 1, own), key.publicKey))
    throw new TenancyError(
      'SEALING_KEY_UNTRUSTED',
      'this is not the key that the tenant joined the session with',
    );
  if (new Set(keys.map((it) => Buffer.from(it).toString('hex'))).size < keys.length)
    throw new TenancyError('SEALING_KEY_UNTRUSTED', 'two parties of the session have one key');
  const untrusted = keys.filter(
    (it, at) => at !== own - 1 && trustedKeys !== undefined && !includes(trustedKeys, it),
  );
  if (untrusted.length > 0)
    throw new TenancyError(
      'SEALING_KEY_UNTRUSTED',
      `${untrusted.length} parties have keys that are not trusted`,
    );
}

/**
 * What a message is and between whom, unmistakably: it opens in no other session, round, topic or direction, with no other
 * settings, and only if both see the same parties.
 */
export function messageContext(
  { session, keys }: Parties,
  message: {
    readonly kind: 'share' | 'partial sum';
    readonly round: number;
    readonly topicKey: string;
    readonly from: number;
    readonly to: number;
    readonly content?: Uint8Array;
  },
): Buffer {
  const { lower, upper, resolution, dimensions, epsilon } = session.settings;
  const fields = [
    'agent-agency.secure-sum.v1',
    message.kind,
    session.sessionId,
    message.round,
    message.topicKey,
    message.from,
    message.to,
    ...[lower, upper, resolution, dimensions, epsilon],
    keys.map((key) => Buffer.from(key).toString('hex')),
    Buffer.from(message.content ?? []).toString('hex'),
  ];
  // JSON of strings and numbers in a list is one-to-one.
  return Buffer.from(JSON.stringify(fields));
}
