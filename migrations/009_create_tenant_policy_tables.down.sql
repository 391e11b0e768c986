drop table tenant_access_policies, data_retention_policies, audit_log;
