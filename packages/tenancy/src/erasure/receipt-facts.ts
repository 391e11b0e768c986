import { getOne, type SystemTransaction } from '@agent-agency/db-core';
import { sql } from 'kysely';
import type { Receipt } from './receipt.ts';

type Facts = Pick<
  Receipt,
  'login' | 'applicationName' | 'database' | 'serverVersion' | 'transactionId' | 'lsn' | 'beganAt'
>;

/** What a receipt says of the transaction it is about; at its end. */
export function readFacts(tx: SystemTransaction): Promise<Facts> {
  return getOne(
    sql<Facts>`
      select
        session_user::text as login,
        current_setting('application_name') as "applicationName",
        current_database()::text as database,
        current_setting('server_version') as "serverVersion",
        pg_current_xact_id()::text as "transactionId",
        pg_current_wal_insert_lsn()::text as lsn,
        to_char(now() at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as "beganAt"`.execute(tx),
    'transaction',
  );
}
