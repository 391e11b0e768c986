drop trigger record_change on tenants;
drop trigger record_change on tenant_privacy_config;
drop trigger record_change on tenant_sharing_rules;
drop trigger record_change on tenant_access_policies;
drop table data_retention_policies, audit_log;
drop function app.record_row_change();
