-- What stands on the provenance log: its Merkle tree, checkpoints with their cosignatures, and the records of verdicts that
-- git commits rest on.
-- lint: allow-file locks-one-after-another for moments; without its locks in half a second it is run again

create table provenance_tiles (
  tenant_id varchar(255) not null,
  -- lint: allow prefer-bigint-key a log has seven levels at most
  level smallint not null,
  tile_index bigint not null,
  hashes bytea not null,
  root bytea not null,
  constraint provenance_tiles_pkey primary key (tenant_id, level, tile_index),
  constraint provenance_tiles_tenant_id_fkey foreign key (tenant_id) references tenants (id) on delete restrict,
  constraint provenance_tiles_place_check check (level between 0 and 6 and tile_index >= 0),
  constraint provenance_tiles_hashes_check check (octet_length(hashes) = 8192),
  constraint provenance_tiles_root_check check (octet_length(root) = 32)
);

-- Hashes do not compress.
alter table provenance_tiles alter column hashes set storage external;

create trigger refuse_provenance_tiles_change
before update or truncate on provenance_tiles
for each statement execute function app.refuse_provenance_change();

create trigger refuse_provenance_tiles_deletion
before delete on provenance_tiles
for each statement when (not app.is_maintaining('{erasure}')) execute function app.refuse_provenance_change();

comment on table provenance_tiles is
  'Merkle tree over each tenant''s log (RFC 9162), as full tiles of height 8; the database computes them when nodes complete one.';
comment on column provenance_tiles.tenant_id is 'Tenant whose log it is.';
comment on column provenance_tiles.level is 'Level of the tile: 0 has the hashes of leaves, 1 those over 256 leaves, and so on.';
comment on column provenance_tiles.tile_index is 'Place of the tile in its level, from 0.';
comment on column provenance_tiles.hashes is '256 hashes of 32 bytes.';
comment on column provenance_tiles.root is 'The hash over all of them: an entry of the tile above.';

create table provenance_checkpoints (
  tenant_id varchar(255) not null default app.current_tenant_id(),
  size bigint not null,
  origin text not null,
  root bytea not null,
  note text not null,
  created_at timestamptz not null default now(),
  constraint provenance_checkpoints_pkey primary key (tenant_id, size),
  constraint provenance_checkpoints_tenant_id_fkey foreign key (tenant_id) references tenants (id) on delete restrict,
  constraint provenance_checkpoints_size_check check (size >= 0),
  constraint provenance_checkpoints_origin_check check (
    length(origin) > length(tenant_id) + 1 and right(origin, length(tenant_id) + 1) = '/' || tenant_id
  ),
  constraint provenance_checkpoints_root_check check (octet_length(root) = 32),
  constraint provenance_checkpoints_note_check check (octet_length(note) <= 1000000)
);

create trigger refuse_provenance_checkpoints_change
before update or truncate on provenance_checkpoints
for each statement execute function app.refuse_provenance_change();

create trigger refuse_provenance_checkpoints_deletion
before delete on provenance_checkpoints
for each statement when (not app.is_maintaining('{erasure}')) execute function app.refuse_provenance_change();

comment on table provenance_checkpoints is 'Signed statements about which tree each tenant''s log had at a size (C2SP tlog-checkpoint).';
comment on column provenance_checkpoints.tenant_id is 'Tenant whose log it is.';
comment on column provenance_checkpoints.size is 'Number of nodes.';
comment on column provenance_checkpoints.origin is 'Name of the log: the deployment''s, a slash, the tenant.';
comment on column provenance_checkpoints.root is 'Root of the tree over them, 32 bytes.';
comment on column provenance_checkpoints.note is 'The checkpoint as a note that the log signed, without cosignatures.';
comment on column provenance_checkpoints.created_at is 'When it was made.';

create table provenance_cosignatures (
  tenant_id varchar(255) not null default app.current_tenant_id(),
  size bigint not null,
  witness text not null,
  key_hash text not null,
  line text not null,
  created_at timestamptz not null default now(),
  constraint provenance_cosignatures_pkey primary key (tenant_id, size, witness, key_hash),
  constraint provenance_cosignatures_tenant_id_fkey foreign key (tenant_id) references tenants (id) on delete restrict,
  constraint provenance_cosignatures_size_fkey foreign key (tenant_id, size)
    references provenance_checkpoints (tenant_id, size) on delete restrict,
  constraint provenance_cosignatures_witness_check check (octet_length(witness) between 1 and 255),
  constraint provenance_cosignatures_key_hash_check check (key_hash ~ '^[0-9a-f]{8}$'),
  constraint provenance_cosignatures_line_check check (octet_length(line) <= 1024)
);

create trigger refuse_provenance_cosignatures_change
before update or truncate on provenance_cosignatures
for each statement execute function app.refuse_provenance_change();

create trigger refuse_provenance_cosignatures_deletion
before delete on provenance_cosignatures
for each statement when (not app.is_maintaining('{erasure}')) execute function app.refuse_provenance_change();

comment on table provenance_cosignatures is 'What witnesses have signed: that a checkpoint continues whatever they saw of the log before.';
comment on column provenance_cosignatures.tenant_id is 'Tenant whose log it is.';
comment on column provenance_cosignatures.size is 'Checkpoint that is cosigned.';
comment on column provenance_cosignatures.witness is 'Name of the witness''s key.';
comment on column provenance_cosignatures.key_hash is 'Its key hash in notes, eight hex digits.';
comment on column provenance_cosignatures.line is 'The signature line, to be added to the note.';
comment on column provenance_cosignatures.created_at is 'When it was obtained.';

create table provenance_records (
  tenant_id varchar(255) not null default app.current_tenant_id(),
  verdict_id uuid not null,
  task_id uuid not null,
  decision_type varchar(50) not null,
  decision_data jsonb not null,
  consensus_score numeric(3, 2) not null,
  judge_verdicts jsonb not null default '{}',
  caws_compliance jsonb not null,
  claim_verification jsonb, -- null: no claim was verified
  git_commit_hash varchar(64), -- null: decided before there was a commit
  git_trailer text not null,
  signature text not null,
  "timestamp" timestamptz not null,
  metadata jsonb not null default '{}',
  created_at timestamptz not null default now(),
  constraint provenance_records_pkey primary key (tenant_id, verdict_id),
  constraint provenance_records_tenant_id_fkey foreign key (tenant_id) references tenants (id) on delete restrict,
  constraint provenance_records_verdict_id_fkey foreign key (tenant_id, verdict_id)
    references caws_provenance_graph (tenant_id, id) on delete restrict,
  constraint provenance_records_decision_type_check check (
    decision_type in ('accept', 'reject', 'require_modification', 'need_investigation')
  ),
  constraint provenance_records_consensus_score_check check (consensus_score between 0 and 1),
  constraint provenance_records_git_commit_hash_check check (git_commit_hash ~ '^([0-9a-f]{40}|[0-9a-f]{64})$')
);

create index idx_provenance_records_task_id on provenance_records (tenant_id, task_id);
create index idx_provenance_records_git_commit_hash on provenance_records (tenant_id, git_commit_hash)
  where git_commit_hash is not null;
create index idx_provenance_records_timestamp on provenance_records (tenant_id, "timestamp" desc, verdict_id desc);

create trigger refuse_provenance_records_change
before update or truncate on provenance_records
for each statement execute function app.refuse_provenance_change();

create trigger refuse_provenance_records_deletion
before delete on provenance_records
for each statement when (not app.is_maintaining('{erasure}')) execute function app.refuse_provenance_change();

comment on table provenance_records is 'Verdicts as columns: a copy of what their nodes in the log say, which signs it.';
comment on column provenance_records.tenant_id is 'Tenant that owns the row.';
comment on column provenance_records.verdict_id is 'Node of the verdict.';
comment on column provenance_records.task_id is 'Task that was judged.';
comment on column provenance_records.decision_type is 'accept, reject, require_modification, or need_investigation.';
comment on column provenance_records.decision_data is 'The decision, JSON.';
comment on column provenance_records.consensus_score is 'How far the judges agreed, 0.00 to 1.00.';
comment on column provenance_records.judge_verdicts is 'What each judge said, JSON.';
comment on column provenance_records.caws_compliance is 'How the work stands to its working spec, JSON.';
comment on column provenance_records.claim_verification is 'Which claims were verified, JSON; null if none was.';
comment on column provenance_records.git_commit_hash is 'Commit that was judged; null if there was none. Commits that came later are in git_commits.';
comment on column provenance_records.git_trailer is 'Lines for the message of a commit that rests on the verdict.';
comment on column provenance_records.signature is 'The node''s signature, base64.';
comment on column provenance_records."timestamp" is 'When the verdict was recorded: created_at of its node.';
comment on column provenance_records.metadata is 'Further facts, JSON.';
comment on column provenance_records.created_at is 'When the row was inserted.';

create table git_commits (
  tenant_id varchar(255) not null default app.current_tenant_id(),
  hash varchar(64) not null,
  author varchar(255), -- null: not said, or forgotten
  message text, -- null: as author
  "timestamp" timestamptz, -- null: not said
  provenance_record_id uuid not null,
  created_at timestamptz not null default now(),
  constraint git_commits_pkey primary key (tenant_id, hash),
  constraint git_commits_tenant_id_fkey foreign key (tenant_id) references tenants (id) on delete restrict,
  constraint git_commits_provenance_record_id_fkey foreign key (tenant_id, provenance_record_id)
    references provenance_records (tenant_id, verdict_id) on delete restrict,
  constraint git_commits_hash_check check (hash ~ '^([0-9a-f]{40}|[0-9a-f]{64})$')
);

create index idx_git_commits_provenance_record_id on git_commits (tenant_id, provenance_record_id);

-- Who wrote a commit is a person: their name may be taken out.
create trigger refuse_git_commits_change
before update on git_commits
for each statement when (not app.is_maintaining('{subject erasure}')) execute function app.refuse_provenance_change();

create trigger refuse_git_commits_deletion
before delete on git_commits
for each statement when (not app.is_maintaining('{erasure}')) execute function app.refuse_provenance_change();

create trigger refuse_git_commits_truncation
before truncate on git_commits
for each statement execute function app.refuse_provenance_change();

comment on table git_commits is 'Git commits, and the verdict that each rests on; a verdict may have several, as a commit is amended or rebased.';
comment on column git_commits.tenant_id is 'Tenant that owns the row.';
comment on column git_commits.hash is 'Object id of the commit: 40 hex digits of SHA-1, or 64 of SHA-256.';
comment on column git_commits.author is 'Who wrote it; null if not said.';
comment on column git_commits.message is 'Its message; null if not said.';
comment on column git_commits."timestamp" is 'When it was written; null if not said.';
comment on column git_commits.provenance_record_id is 'Verdict that it rests on.';
comment on column git_commits.created_at is 'When it was linked.';

select
  app.isolate_tenant_table('provenance_tiles', 'tenant_id', 'tenant_provenance_tile_isolation'),
  app.isolate_tenant_table('provenance_checkpoints', 'tenant_id', 'tenant_provenance_checkpoint_isolation'),
  app.isolate_tenant_table('provenance_cosignatures', 'tenant_id', 'tenant_provenance_cosignature_isolation'),
  app.isolate_tenant_table('provenance_records', 'tenant_id', 'tenant_provenance_record_isolation'),
  app.isolate_tenant_table('git_commits', 'tenant_id', 'tenant_git_commit_isolation');

grant select on
  provenance_tiles, provenance_checkpoints, provenance_cosignatures, provenance_records, git_commits
  to agent_agency_app, agent_agency_readonly;
grant insert on provenance_checkpoints, provenance_cosignatures, provenance_records, git_commits to agent_agency_app;

create policy provenance_tiles_service on provenance_tiles to agent_agency_service using (true) with check (true);
grant select, insert on provenance_tiles to agent_agency_service;

create function app.put_provenance_tile(p_tenant_id text, p_level integer, p_tile_index bigint) returns void
language plpgsql
volatile
parallel unsafe
set search_path = pg_catalog, public, pg_temp
as $$
declare
  v_hashes bytea[] := case
    when p_level = 0 then array(
      select sha256('\x00'::bytea || decode(node.hash_chain, 'hex'))
      from caws_provenance_graph as node
      where node.tenant_id = p_tenant_id and node.seq > p_tile_index * 256 and node.seq <= (p_tile_index + 1) * 256
      order by node.seq
    )
    else array(
      select tile.root
      from provenance_tiles as tile
      where tile.tenant_id = p_tenant_id
        and tile.level = p_level - 1
        and tile.tile_index between p_tile_index * 256 and p_tile_index * 256 + 255
      order by tile.tile_index
    )
  end;
  v_tile constant bytea := (select string_agg(entry.hash, ''::bytea order by entry.place) from unnest(v_hashes) with ordinality as entry (hash, place));
begin
  while cardinality(v_hashes) > 1 loop
    v_hashes := array(
      select sha256('\x01'::bytea || v_hashes[2 * pair.place - 1] || v_hashes[2 * pair.place])
      from generate_series(1, cardinality(v_hashes) / 2) as pair (place)
      order by pair.place
    );
  end loop;
  -- A tile that is not full does not meet the table's checks.
  insert into provenance_tiles (tenant_id, level, tile_index, hashes, root)
  values (p_tenant_id, p_level, p_tile_index, v_tile, v_hashes[1]);

  if p_tile_index % 256 = 255 then
    perform app.put_provenance_tile(p_tenant_id, p_level + 1, p_tile_index / 256);
  end if;
end
$$;

comment on function app.put_provenance_tile(text, integer, bigint) is
  'Computes and stores a full tile of a tenant''s log, and those above that it completes.';

alter function app.put_provenance_tile(text, integer, bigint) owner to agent_agency_service;

create function app.extend_provenance_tree() returns trigger
language plpgsql
security definer
set search_path = pg_catalog, public, pg_temp
as $$
declare
  v_tenant record;
begin
  for v_tenant in
    select node.tenant_id, min(node.seq) as first_seq, max(node.seq) as last_seq
    from appended as node
    group by node.tenant_id
  loop
    for v_tile in (v_tenant.first_seq - 1) / 256 .. v_tenant.last_seq / 256 - 1 loop
      perform app.put_provenance_tile(v_tenant.tenant_id, 0, v_tile);
    end loop;
  end loop;
  return null;
end
$$;

comment on function app.extend_provenance_tree() is 'Trigger: stores the tiles that new nodes have completed.';

alter function app.extend_provenance_tree() owner to agent_agency_service;

-- After extend_provenance_log, which accepts the nodes: triggers fire in the order of their names.
create trigger extend_provenance_tree
after insert on caws_provenance_graph
referencing new table as appended
for each statement execute function app.extend_provenance_tree();

create function app.complete_provenance_trees() returns bigint
language plpgsql
volatile
parallel unsafe
security definer
set search_path = pg_catalog, public, pg_temp
as $$
declare
  v_missing record;
  v_stored bigint := 0;
begin
  for v_missing in
    select head.tenant_id, tile.tile_index
    from provenance_heads as head
    cross join generate_series(0, head.seq / 256 - 1) as tile (tile_index)
    where not exists (
      select from provenance_tiles as stored
      where stored.tenant_id = head.tenant_id and stored.level = 0 and stored.tile_index = tile.tile_index
    )
    order by head.tenant_id, tile.tile_index
  loop
    perform app.put_provenance_tile(v_missing.tenant_id, 0, v_missing.tile_index);
    v_stored := v_stored + 1;
  end loop;
  return v_stored;
end
$$;

comment on function app.complete_provenance_trees() is
  'Stores the tiles of logs that are older than their trees; how many of level 0 there were. For operators.';

alter function app.complete_provenance_trees() owner to agent_agency_service;
grant execute on function app.complete_provenance_trees() to agent_agency_owner;

select app.complete_provenance_trees();

create function app.check_provenance_checkpoint() returns trigger
language plpgsql
set search_path = pg_catalog, public, pg_temp
as $$
declare
  v_last bigint;
  v_head bigint;
begin
  select max(checkpoint.size) into v_last
  from provenance_checkpoints as checkpoint
  where checkpoint.tenant_id = new.tenant_id and checkpoint.size <> new.size;

  select head.seq into v_head
  from provenance_heads as head
  where head.tenant_id = new.tenant_id;

  if new.size > coalesce(v_head, 0) or new.size < v_last then
    raise exception using
      errcode = 'AACKP',
      message = format(
        'a checkpoint of size %s does not fit: the last is of %s, the log ends at %s',
        new.size, coalesce(v_last, 0), coalesce(v_head, 0)
      );
  end if;
  return null;
end
$$;

comment on function app.check_provenance_checkpoint() is 'Trigger: accepts a checkpoint only from the last one''s size up to where the log ends.';

-- Afterwards: what is another tenant's has been refused by then, and nothing is told of it.
create trigger check_provenance_checkpoint
after insert on provenance_checkpoints
for each row execute function app.check_provenance_checkpoint();

create function app.check_provenance_record() returns trigger
language plpgsql
set search_path = pg_catalog, public, pg_temp
as $$
begin
  perform
  from caws_provenance_graph as node
  where node.tenant_id = new.tenant_id
    and node.id = new.verdict_id
    and node.entity_type = 'verdict'
    and node.signature = new.signature
    and node.created_at = new."timestamp"
    and node.metadata - '{task_id,decision_type,decision_data,consensus_score,judge_verdicts,caws_compliance,claim_verification,metadata,git_commit_hash}'::text[] = '{}'
    and node.metadata @> jsonb_build_object('task_id', new.task_id, 'decision_type', new.decision_type)
    and node.metadata -> 'decision_data' = new.decision_data
    and node.metadata -> 'consensus_score' = to_jsonb(new.consensus_score)
    and node.metadata -> 'judge_verdicts' = new.judge_verdicts
    and node.metadata -> 'caws_compliance' = new.caws_compliance
    and node.metadata -> 'claim_verification' is not distinct from new.claim_verification
    and node.metadata -> 'metadata' = new.metadata
    and node.metadata ->> 'git_commit_hash' is not distinct from new.git_commit_hash
    and new.git_trailer = format(E'Provenance-Node: %s\nProvenance-Hash: %s\n', node.id, node.hash_chain);
  if not found then
    raise exception using
      errcode = 'AAREC',
      message = format('provenance record %s is not what its node in the log says', new.verdict_id);
  end if;
  return null;
end
$$;

comment on function app.check_provenance_record() is 'Trigger: accepts a record only as a copy of its node.';

create trigger check_provenance_record
after insert on provenance_records
for each row execute function app.check_provenance_record();

-- Breadth first, every node once, in one pass. The recursion throws out rows that it has had, so a node's row says nothing of
-- where it was found; instead a row without a node goes before each level and counts. The loop reads no further than it
-- has to: rows are made one by one. A statement a level took twice as long for 20,000 nodes on 200 levels.
-- A tenant that is newer than its statistics seems to have one row, for which every index that leads with the tenant
-- costs the same: without sorts, only the one that has the order is left.
create function app.walk_provenance(
  p_start uuid[],
  p_direction text, -- up: to what a node derives from; down: to what derives from it
  p_max_depth integer default null, -- null: however deep
  p_max_nodes integer default 100000, -- that are reached
  p_without varchar(50)[] default null, -- nodes of these types are passed over, with what is found through them alone
  out node_ids uuid[], -- by depth; the starts are not among them
  out depths integer[], -- steps of the shortest way from a start
  out complete_depth integer -- null: nothing is missing; otherwise up to this depth nothing is
)
language plpgsql
stable
parallel safe
set search_path = pg_catalog, public, pg_temp
set plan_cache_mode = force_generic_plan
-- The plan stays for later transactions of the connection: what this one has set is not to be in it.
set enable_indexscan = on
set enable_indexonlyscan = on
set enable_nestloop = on
set enable_seqscan = off
set enable_bitmapscan = off
set enable_sort = off
set enable_incremental_sort = off
set enable_memoize = off
as $$
declare
  v_tenant constant text := app.current_tenant_id();
  v_depth integer := 0;
  v_found integer := 0;
  v_before integer := 0; -- found before this depth
  v_row record;
begin
  if p_direction is null or p_direction not in ('up', 'down') then
    raise exception using errcode = '22023', message = 'direction has to be up or down';
  end if;
  perform
    app.require_between('max_depth', coalesce(p_max_depth, 1), 1, 1000000),
    app.require_between('max_nodes', p_max_nodes, 1, 1000000);

  node_ids := '{}';
  depths := '{}';
  for v_row in
    with recursive walk (node_id, depth) as (
      (
        select null::uuid, 0
        union all
        select start.id, null from unnest(p_start) as start (id) where start.id is not null
      )
      union
      select next.node_id, next.depth
      from walk
      cross join lateral (
        select null::uuid as node_id, walk.depth + 1 as depth
        where walk.node_id is null
        union all
        -- The nodes' own column, which their hashes cover.
        (
          select parent.id, null
          from (
            select node.parent_ids
            from caws_provenance_graph as node
            where p_direction = 'up'
              and node.tenant_id = v_tenant
              and node.id >= walk.node_id
              and node.id <= walk.node_id
            order by node.id
            offset 0
          ) as child
          cross join unnest(child.parent_ids) as parent (id)
        )
        union all
        (
          select edge.node_id, null
          from provenance_parents as edge
          where p_direction = 'down'
            and edge.tenant_id = v_tenant
            and edge.parent_id >= walk.node_id
            and edge.parent_id <= walk.node_id
          order by edge.parent_id, edge.node_id
        )
        offset 0
      ) as next
      where next.node_id is null
        or p_without is null
        or (
          select node.entity_type
          from caws_provenance_graph as node
          where node.tenant_id = v_tenant and node.id >= next.node_id and node.id <= next.node_id
          order by node.id
        ) <> all(p_without)
    )
    select walk.node_id, walk.depth from walk
  loop
    if v_row.node_id is null then
      exit when v_row.depth > p_max_depth or v_row.depth > 1 and v_found = v_before;
      v_depth := v_row.depth;
      v_before := v_found;
    elsif v_depth > 0 then
      if v_found = p_max_nodes then
        complete_depth := v_depth - 1;
        return;
      end if;
      v_found := v_found + 1;
      node_ids := node_ids || v_row.node_id;
      depths := depths || v_depth;
    end if;
  end loop;
end
$$;

comment on function app.walk_provenance(uuid[], text, integer, integer, varchar[]) is
  'Nodes of the log that others derive from, or that derive from them, breadth first, as one row of arrays.';

grant execute on function app.walk_provenance(uuid[], text, integer, integer, varchar[])
  to agent_agency_app, agent_agency_readonly;

create function link_provenance_to_commit(
  p_verdict_id uuid,
  p_hash varchar(64),
  p_author varchar(255) default null,
  p_message text default null,
  p_timestamp timestamptz default null
) returns boolean
language plpgsql
volatile
parallel unsafe
set search_path = pg_catalog, public, pg_temp
as $$
declare
  v_record uuid;
begin
  insert into git_commits (hash, author, message, "timestamp", provenance_record_id)
  values (p_hash, p_author, p_message, p_timestamp, p_verdict_id)
  on conflict (tenant_id, hash) do nothing;
  if found then
    return true;
  end if;

  select linked.provenance_record_id into v_record
  from git_commits as linked
  where linked.tenant_id = app.current_tenant_id() and linked.hash = p_hash;
  if v_record is distinct from p_verdict_id then
    raise exception using
      errcode = 'AALNK',
      message = format('commit %s rests on another verdict, %s', p_hash, v_record);
  end if;
  return false;
end
$$;

comment on function link_provenance_to_commit(uuid, varchar, varchar, text, timestamptz) is
  'Says that a commit rests on a verdict; false if that was known. A commit rests on one only: error AALNK for a second.';

create function get_provenance_by_commit(p_hash varchar(64)) returns setof provenance_records
language sql
stable
parallel safe
begin atomic
  select record.*
  from (
    select linked.provenance_record_id as verdict_id
    from git_commits as linked
    where linked.tenant_id = (select app.current_tenant_id()) and linked.hash = p_hash
    union
    select judged.verdict_id
    from provenance_records as judged
    where judged.tenant_id = (select app.current_tenant_id()) and judged.git_commit_hash = p_hash
  ) as named
  cross join lateral (
    select item.*
    from provenance_records as item
    where item.tenant_id = (select app.current_tenant_id()) and item.verdict_id = named.verdict_id
    offset 0
  ) as record
  order by record."timestamp", record.verdict_id;
end;

comment on function get_provenance_by_commit(varchar) is
  'The verdicts about a commit: the one that it rests on, and those that judged it. None is null, and says nothing for it.';

grant execute on function link_provenance_to_commit(uuid, varchar, varchar, text, timestamptz) to agent_agency_app;
grant execute on function get_provenance_by_commit(varchar) to agent_agency_app, agent_agency_readonly;
