drop table offloaded_contexts;
drop function app.require_sealed();
