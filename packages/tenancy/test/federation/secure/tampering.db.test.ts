import { sql } from 'kysely';
import { describe, expect, it } from 'vitest';
import { generateSealingKey } from '../../../src/federation/secure/sealing-key.ts';
import { shareSecret } from '../../../src/federation/secure/secure-sum.ts';
import { SUM, three, topicKey, type Party, useParties } from '../support/parties.ts';

const { app, as, sqlAs, newParties, begin, publish, finish, verify, shareAll } = useParties();

describe.skipIf(app.database.kind === 'pglite')('what was tampered with', () => {
  async function closed(): Promise<{ parties: readonly [Party, Party, Party]; sessionId: string }> {
    const parties = three(await newParties(3));
    const sessionId = await begin(parties);
    await shareAll(parties, sessionId, [[1], [2], [3]]);
    return { parties, sessionId };
  }

  it.each([
    ['is changed', 'set sealed = set_byte(sealed, 50, get_byte(sealed, 50) # 1)'],
    [
      'is another party’s',
      `set sealed = (
         select other.sealed from federated_shares as other
         where other.session_id = share.session_id and other.tenant_id = share.tenant_id and other.party = share.party % 3 + 1
       )`,
    ],
    [
      'is another sender’s',
      `set sealed = (
         select other.sealed from federated_shares as other
         where other.session_id = share.session_id and other.tenant_id <> share.tenant_id and other.party = share.party
         limit 1
       )`,
    ],
  ])('is noticed: a share that %s', async (_, change) => {
    const { parties, sessionId } = await closed();
    await sqlAs(`update federated_shares as share ${change} where session_id = $1 and tenant_id = $2`, [
      sessionId,
      parties[1].tenant,
    ]);
    await expect(publish(parties[0], sessionId)).rejects.toMatchObject({ code: 'SHARE_TAMPERED' });
    await expect(
      sqlAs('select from federated_partial_sums where session_id = $1', [sessionId]),
    ).resolves.toEqual([]);
  });

  it('is noticed: a share of another round', async () => {
    const parties = three(await newParties(3));
    const [one, two] = parties;
    const sessionId = await begin(parties, { ...SUM, rounds: 2 });
    await shareAll(parties, sessionId, [[1], [2], [3]]);
    await sqlAs('create temporary table old_shares as select * from federated_shares where session_id = $1', [
      sessionId,
    ]);
    for (const party of parties) await publish(party, sessionId);
    await finish(one, sessionId);
    await shareAll(parties, sessionId, [[4], [5], [6]]);
    await sqlAs(
      `update federated_shares as share set sealed = old.sealed from old_shares as old
       where (old.tenant_id, old.party) = (share.tenant_id, share.party) and share.session_id = $1 and share.tenant_id = $2`,
      [sessionId, two.tenant],
    );
    await expect(publish(one, sessionId)).rejects.toMatchObject({ code: 'SHARE_TAMPERED' });
  });

  it('is noticed: keys that somebody put in the parties’ places', async () => {
    const parties = three(await newParties(3));
    const [one, two, third] = parties;
    const sessionId = await begin(parties);
    const trustedKeys = [two.key.publicKey, third.key.publicKey];
    const share = () =>
      as(one.tenant, (tx) =>
        shareSecret(tx, { sessionId, topicKey, values: [1] }, { key: one.key, trustedKeys }),
      );
    await sqlAs(
      'update session_participants set public_key = $2 where session_id = $1 and participant_tenant_id = $3',
      [sessionId, Buffer.from(generateSealingKey().publicKey), two.tenant],
    );
    await expect(share()).rejects.toMatchObject({ code: 'SEALING_KEY_UNTRUSTED' });
    await sqlAs(
      'update session_participants set public_key = $2 where session_id = $1 and participant_tenant_id = $3',
      [sessionId, Buffer.from(two.key.publicKey), two.tenant],
    );
    await share();
    const strange = { key: generateSealingKey() };
    await expect(
      as(two.tenant, (tx) => shareSecret(tx, { sessionId, topicKey, values: [1] }, strange)),
    ).rejects.toMatchObject({ code: 'SEALING_KEY_UNTRUSTED' });
  });

  it('is noticed: a partial sum that its party did not publish', async () => {
    const { parties, sessionId } = await closed();
    for (const party of parties) await publish(party, sessionId);
    await sqlAs(
      `update federated_partial_sums set partial = array[mod(partial[1] + 1, 18446744073709551616)]
       where session_id = $1 and tenant_id = $2`,
      [sessionId, parties[1].tenant],
    );
    await finish(parties[0], sessionId);
    await expect(verify(parties[0], sessionId)).rejects.toMatchObject({ code: 'SHARE_TAMPERED' });
  });

  it('is noticed: a total that the partial sums do not add up to', async () => {
    const { parties, sessionId } = await closed();
    for (const party of parties) await publish(party, sessionId);
    await finish(parties[0], sessionId);
    await expect(verify(parties[2], sessionId)).resolves.toEqual([6]);
    await sqlAs(
      `update aggregated_insights set aggregated_content = jsonb_set(aggregated_content, '{values,0}', '7')
       where session_id = $1`,
      [sessionId],
    );
    await expect(verify(parties[2], sessionId)).rejects.toMatchObject({ code: 'SHARE_TAMPERED' });
  });

  it('is noticed: a sum of something else that cannot be a total', async () => {
    const { parties, sessionId } = await closed();
    const [liar, ...honest] = parties;
    for (const party of honest) await publish(party, sessionId);
    const proofs = Array.from({ length: 3 }, () => Buffer.alloc(60));
    await as(liar.tenant, (tx) =>
      sql`select app.publish_partial_sum(${sessionId}, ${topicKey}, '{12345}', ${proofs}::bytea[])`.execute(
        tx,
      ),
    );
    await expect(finish(parties[0], sessionId)).rejects.toMatchObject({ code: 'SHARE_TAMPERED' });
  });
});
