drop table offloaded_contexts;
