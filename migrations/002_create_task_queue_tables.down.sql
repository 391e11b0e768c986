drop table queue_configuration;
drop table queue_statistics;
drop table task_execution_history;
drop table task_assignments;
drop table task_queue;
