import { sql, type RawBuilder } from 'kysely';

/**
 * Two parts of a `with` that move `last_active_at` forward to `seen_at` of `given (agent_id, seen_at)`, unless `missing` has
 * a row.
 *
 * A profile is a wide row with many indexes: it is written at most once a minute, and when it is archived. The rows are
 * locked in the order of their ids, so that two callers cannot wait for each other's. That an id is one of those is said
 * twice: so it is looked up, and the tenant's agents are not all read to be joined.
 */
export function seenAgents(tenantId: string): RawBuilder<unknown> {
  return sql`
    unseen as materialized (
      select profile.id, given.seen_at
      from given
      join agent_profiles as profile on profile.tenant_id = ${tenantId} and profile.id = given.agent_id
      where profile.id = any(array(select agent_id from given))
        and not exists (select from missing)
        and profile.last_active_at < given.seen_at
        and (profile.last_active_at < given.seen_at - interval '1 minute' or profile.status = 'archived')
      order by profile.id
      for no key update of profile
    ),
    seen as (
      update agent_profiles as profile
      set
        last_active_at = unseen.seen_at,
        status = case profile.status when 'archived' then 'active' else profile.status end
      from unseen
      where profile.tenant_id = ${tenantId}
        and profile.id = any(array(select id from unseen))
        and profile.id = unseen.id
    )
  `;
}
