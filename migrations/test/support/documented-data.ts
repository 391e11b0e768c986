import { settlePlans, type SqlSession } from '@agent-agency/testing';
import {
  appendNodes,
  childOf,
  nodeAfter,
  putEmbeddings,
  putSigningKey,
  type Node,
  type NodeFields,
} from './provenance-node.ts';
import { createTenants, insertRows, type Row } from './rows.ts';
import { asTenant } from './tenant-context.ts';

/** A vector of 768 dimensions that is zero but for these, by their number. */
export function embedding(parts: Readonly<Record<number, number>>): string {
  return `[${Array.from({ length: 768 }, (_, place) => parts[place] ?? 0).join(',')}]`;
}

/** An identifier that is easy to tell from others. */
export const uuidOf = (number: number): string =>
  `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`;

/**
 * The data that the documented statements run on: 20 tenants with some thousands of rows in each of the large tables,
 * so that plans are those of a database in use. `acme` and `globex` are the ones that the documents speak of: their
 * rows of note have names, and the same names in both, so that a statement that crosses over shows.
 */
export async function insertDocumentedData(
  administrator: SqlSession,
  application: SqlSession,
): Promise<void> {
  const tenants = ['acme', 'globex', ...Array.from({ length: 18 }, (_, place) => `tenant-${place + 1}`)];
  await createTenants(administrator, ...tenants);
  await administrator.query(CROWD);
  for (const tenant of ['acme', 'globex']) {
    await asTenant(application, tenant, () => insertNamedRows(application, tenant));
    await asTenant(application, tenant, () => insertLog(application, tenant));
  }
  await settlePlans(administrator);
}

/** Rows of no note, of every tenant; of the log only of tenants that have no other, and without its triggers. */
const CROWD = `
  insert into agent_profiles (tenant_id, id, name, model_family)
  select tenant.id, 'agent-' || n, 'Agent ' || n, 'human'
  from tenants as tenant cross join generate_series(1, 100) as n;

  insert into agent_capabilities_graph (
    tenant_id, agent_id, capability_name, aliases, confidence, extraction_confidence, embedding, last_demonstrated,
    first_observed, last_updated
  )
  select
    tenant.id, 'agent-' || n % 100 + 1, 'Skill ' || n, array['skill no ' || n], 0.8, 0.8,
    case when tenant.id in ('acme', 'globex') then (
      select array_agg(case when place < 10 then 0 else sin(place * n + length(tenant.id)) end order by place) from generate_series(0, 767) as place
    )::vector end,
    now() - make_interval(hours => n), now() - make_interval(days => 30), now() - make_interval(hours => n)
  from tenants as tenant cross join generate_series(1, 300) as n;

  insert into agent_relationships (tenant_id, source_agent_id, target_agent_id, type, confidence)
  select tenant.id, 'agent-' || n, 'agent-' || (n + step) % 100 + 1, 'COLLABORATES_WITH', 0.6
  from tenants as tenant cross join generate_series(1, 90) as n cross join generate_series(1, 4) as step;

  insert into entity_chunk_mappings (
    tenant_id, entity_id, chunk_id, chunk_type, mention_text, extraction_method, extraction_confidence
  )
  select tenant_id, id, gen_random_uuid(), 'commit', capability_name, 'pattern', 0.8 from agent_capabilities_graph;

  insert into agent_performance_events (tenant_id, agent_id, success, quality_score, latency_ms, task_type, recorded_at)
  select
    tenant.id, 'agent-' || n % 10 + 1, n % 4 > 0, 0.75, 100 + n, 'research', now() - make_interval(hours => n)
  from tenants as tenant cross join generate_series(1, 300) as n;

  insert into performance_events (tenant_id, event_type, agent_id, timestamp, integrity_hash)
  select
    tenant.id, 'routing_decision', 'agent-' || n % 100 + 1, now() - make_interval(hours => n), tenant.id || n
  from tenants as tenant cross join generate_series(1, 300) as n;

  insert into task_queue (tenant_id, task_id, task_type, description, priority, status)
  select tenant.id, 'task-' || n, 'general', 'Something', 1, case when n % 2 = 0 then 'queued' else 'completed' end
  from tenants as tenant cross join generate_series(1, 200) as n;

  insert into graph_search_sessions (tenant_id, query_hash, search_type, result_count, execution_time_ms, created_at)
  select
    tenant.id, encode(sha256(convert_to('question ' || n, 'UTF8')), 'hex'), 'text', 1, 10, now() - make_interval(hours => 3 * n)
  from tenants as tenant cross join generate_series(1, 300) as n;

  insert into agent_performance_events (tenant_id, agent_id, success, quality_score, latency_ms, task_type, recorded_at)
  select tenant.id, 'agent-' || n % 2 + 1, true, 0.5, 100, 'analysis', now()
  from tenants as tenant cross join generate_series(1, 10) as n;

  insert into tenant_access_log (tenant_id, accessor_tenant_id, access_type, table_name)
  select id, 'friend of ' || id, 'read', 'agent_profiles' from tenants;

  set session_replication_role = replica;
  insert into provenance_signing_keys (tenant_id, key_id, public_key)
  select id, 'ed25519:' || left(encode(sha256(decode(repeat('01', 32), 'hex')), 'hex'), 32), decode(repeat('01', 32), 'hex')
  from tenants where id like 'tenant-%';
  insert into caws_provenance_graph (
    tenant_id, seq, entity_type, entity_id, previous_hash, hash_chain, signing_key_id, signature, content
  )
  select
    key.tenant_id, n, 'gate', 'gate-' || n, case when n > 1 then encode(sha256('x'), 'hex') end,
    encode(sha256('x'), 'hex'), key.key_id, repeat('A', 86) || '==', '{}'
  from provenance_signing_keys as key cross join generate_series(1, 300) as n;
  insert into provenance_parents (tenant_id, node_id, ordinal, parent_id)
  select child.tenant_id, child.id, 1, parent.id
  from caws_provenance_graph as child
  join caws_provenance_graph as parent on parent.tenant_id = child.tenant_id and parent.seq = child.seq - 1;
  insert into provenance_refs (tenant_id, ref, seq, node_id)
  select tenant_id, 'CAWS-' || seq % 10, seq, id from caws_provenance_graph;
  insert into provenance_embeddings (tenant_id, node_id, entity_type, embedding)
  select tenant_id, id, entity_type, (array_fill(0, array[seq::integer]) || array_fill(1, array[768 - seq::integer]))::vector
  from caws_provenance_graph;
  reset session_replication_role;
`;

/** Ada works with Brin, Brin with Cleo, and Cleo validates Dora; what each can do points its own way. */
async function insertNamedRows(application: SqlSession, tenant: string): Promise<void> {
  const agents = ['ada', 'brin', 'cleo', 'dora'].map((id) => ({
    id,
    name: `${id} of ${tenant}`,
    model_family: 'human',
  }));
  await insertRows(application, 'agent_profiles', agents);
  const capability = (number: number, agent: string, name: string, parts: Record<number, number>): Row => ({
    id: uuidOf(number),
    agent_id: agent,
    capability_name: name,
    capability_type: 'TECHNOLOGY',
    aliases: [`${name} of ${tenant}`],
    confidence: 0.9,
    extraction_confidence: 0.9,
    embedding: embedding(parts),
    last_demonstrated: '2999-01-01',
    last_updated: `2999-01-0${number}`,
    first_observed: '2025-01-01',
  });
  await insertRows(application, 'agent_capabilities_graph', [
    capability(1, 'ada', 'TypeScript', { 1: 1 }),
    capability(2, 'brin', 'JavaScript', { 1: 4, 2: 3 }),
    capability(3, 'cleo', 'Postgres', { 2: 1 }),
  ]);
  const relationship = (source: string, target: string, type: string, confidence: number): Row => ({
    source_agent_id: source,
    target_agent_id: target,
    type,
    is_directional: type === 'VALIDATES',
    confidence,
  });
  await insertRows(application, 'agent_relationships', [
    relationship('ada', 'brin', 'COLLABORATES_WITH', 0.9),
    relationship('brin', 'cleo', 'COLLABORATES_WITH', 0.8),
    relationship('cleo', 'dora', 'VALIDATES', 0.5),
  ]);
  await insertRows(application, 'entity_chunk_mappings', [
    {
      entity_id: uuidOf(1),
      chunk_id: uuidOf(9),
      chunk_type: 'commit',
      mention_text: `*.ts of ${tenant}`,
      extraction_method: 'file_extension',
      extraction_confidence: 0.9,
    },
  ]);
  await insertRows(application, 'task_queue', [
    { task_id: 'urgent', task_type: 'research', description: `For ${tenant}`, priority: 9 },
    { task_id: 'less urgent', task_type: 'research', description: `For ${tenant}`, priority: 8 },
  ]);
  await insertRows(
    application,
    'graph_search_sessions',
    Array.from({ length: 6 }, () => ({
      query_text: `slow question of ${tenant}`,
      query_hash: 'f'.repeat(64),
      search_type: 'hybrid',
      result_count: 3,
      execution_time_ms: 500,
    })),
  );
}

/** VERDICT-001, a gate on it, waivers on both and one beside them; VERDICT-002 is similar, VERDICT-003 is not. */
async function insertLog(application: SqlSession, tenant: string): Promise<void> {
  const log: Node[] = [];
  const append = (number: number, type: string, id: string, fields: Partial<NodeFields> = {}): Node => {
    const node = nodeAfter(log.at(-1), {
      tenant_id: tenant,
      id: uuidOf(number),
      entity_type: type,
      entity_id: id,
      description: `${id} of ${tenant}`,
      ...fields,
    });
    log.push(node);
    return node;
  };
  const verdict = append(11, 'verdict', 'VERDICT-001', { constitutional_refs: ['CAWS-1', 'CAWS-2'] });
  const gate = append(12, 'gate', 'GATE-001', childOf(verdict));
  append(13, 'waiver', 'WAIVER-001', { ...childOf(verdict), constitutional_refs: ['CAWS-2'] });
  append(14, 'waiver', 'WAIVER-002', childOf(gate));
  const other = append(15, 'verdict', 'VERDICT-002');
  append(16, 'waiver', 'WAIVER-003', childOf(other));
  append(17, 'verdict', 'VERDICT-003');
  for (let number = 1; number <= 300; number += 1) append(1000 + number, 'gate', `gate-${number}`);
  await putSigningKey(application);
  await appendNodes(application, ...log);
  await putEmbeddings(application, [
    [uuidOf(11), embedding({ 1: 1 })],
    [uuidOf(15), embedding({ 1: 4, 2: 3 })],
    [uuidOf(17), embedding({ 3: 1 })],
  ]);
}
