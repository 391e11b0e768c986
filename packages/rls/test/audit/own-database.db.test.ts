import { connect } from '@agent-agency/testing';
import { testDatabase } from '@agent-agency/testing/vitest';
import { beforeAll, describe, expect, it } from 'vitest';
import { auditDatabase, rules, type Audit } from '../../src/index.ts';
import { allows, parseAllowances } from '../../src/audit/allowances.ts';
import { OWN_SCHEMA_ALLOWANCES } from '../../src/audit/own-schema.ts';

const database = testDatabase();
let audit: Audit;

beforeAll(async () => {
  const session = await connect(database.url);
  try {
    audit = await auditDatabase(session);
  } finally {
    await session.close();
  }
});

describe('the data layer’s own schema', () => {
  it('has nothing that is not explained', () => {
    expect(audit.findings.map(({ rule, place, message }) => `${rule} ${place}: ${message}`)).toEqual([]);
  });

  it('has all that is explained', () => {
    const { valid, bad } = parseAllowances(OWN_SCHEMA_ALLOWANCES, new Set(rules.map(({ name }) => name)));
    expect(bad).toEqual([]);
    const unused = valid.filter((it) => !audit.allowed.some(({ finding }) => allows(it, finding)));
    expect(unused.map(({ rule, place }) => `${rule} ${place}`)).toEqual([]);
  });

  it('was looked at', () => {
    expect(audit.notChecked).toEqual([]);
    expect(audit.roles).toEqual(expect.arrayContaining(['agent_agency_app', 'agent_agency_readonly']));
    expect(audit.tables).toBeGreaterThan(40);
  });
});
