import type { GuardedClient } from '../pool/guarded-client.ts';

/**
 * Writes down that somebody is about to act as the schema's owner, and why.
 *
 * Committed by itself and before: a transaction that only looks, or rolls back, has had the rights all the same.
 *
 * **Runs** one row into `app.system_access`, in one round trip.
 * @throws {DatabaseError} `PERMISSION_DENIED` when the login may not become the owner.
 */
export async function recordSystemAccess(client: GuardedClient, reason: string): Promise<void> {
  await client.sendCommitting(
    [
      { text: 'begin isolation level read committed read write' },
      { text: `set local role agent_agency_owner` },
      { text: 'insert into app.system_access (reason) values ($1)', values: [reason] },
      { text: 'commit' },
    ],
    'with work',
  );
}
