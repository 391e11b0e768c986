drop function app.set_tenant_encryption(varchar, boolean);
revoke update (encryption_enabled) on tenants from agent_agency_service;
drop table tenant_encryption_keys;
drop function app.keep_encryption_key_state();
