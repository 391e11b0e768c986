import { withSession } from '@agent-agency/testing';

/**
 * Puts nodes into a tenant's log, unsigned and past every trigger: many in little time, or ones that no log can have.
 *
 * @param nodes SQL that gives `seq`, `entity_type`, and the numbers of the parents. The id of a node is
 *   `md5(tenant || '/' || seq)`, the entity `PLANTED-<seq>`.
 */
export async function plantNodes(url: string, tenantId: string, nodes: string): Promise<void> {
  await withSession(url, async (session) => {
    await session.query(`
      set session_replication_role = replica;
      create temporary table planted as
        select
          node.seq, node.entity_type, named.id,
          array(
            select md5('${tenantId}/' || parent.seq)::uuid
            from unnest(node.parents) with ordinality as parent (seq, ordinal)
            order by parent.ordinal
          ) as parent_ids
        from (${nodes}) as node (seq, entity_type, parents)
        cross join lateral (select md5('${tenantId}/' || node.seq)::uuid as id) as named;
      insert into provenance_parents (tenant_id, node_id, ordinal, parent_id)
        select '${tenantId}', planted.id, parent.ordinal, parent.id
        from planted cross join unnest(planted.parent_ids) with ordinality as parent (id, ordinal);
      insert into caws_provenance_graph (
        tenant_id, seq, id, entity_type, entity_id, parent_ids, parent_hashes, previous_hash, hash_chain,
        signing_key_id, signature, content
      )
      select
        '${tenantId}', seq, id, entity_type, 'PLANTED-' || seq, parent_ids,
        array_fill(repeat('0', 64), array[cardinality(parent_ids)]),
        case when seq > 1 then repeat('0', 64) end, repeat('0', 64), 'planted', repeat('A', 86) || '==', '\\x7b7d'
      from planted;
    `);
  });
}
