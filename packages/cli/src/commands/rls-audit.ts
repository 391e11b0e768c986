import { withAdministratorConnection } from '@agent-agency/db-core';
import { countFindings, describeFindings, describeRule, rulePart } from '@agent-agency/findings';
import type { Audit, AuditOptions } from '@agent-agency/rls';
import { readFile } from 'node:fs/promises';
import type { CommandContext } from '../command-context.ts';
import { counted } from '../counted.ts';
import { databaseConfig } from '../database.ts';
import { ExitCode } from '../exit-codes.ts';

export interface RlsAuditOptions {
  readonly tenantColumn?: readonly string[];
  readonly role?: readonly string[];
  readonly schema?: readonly string[];
  /** A file of findings that are known. */
  readonly allow?: string;
  readonly sarif?: boolean;
  readonly listRules?: boolean;
}

/** `agency-db rls audit`; reads only, and of the catalogue only. */
export async function rlsAuditCommand(
  { terminal, env }: CommandContext,
  options: RlsAuditOptions,
): Promise<ExitCode> {
  // With it comes the parser, a megabyte of WebAssembly that few commands need.
  const rls = await import('@agent-agency/rls');
  if (options.listRules === true) {
    for (const rule of rls.rules) for (const line of describeRule(rule)) terminal.print(line);
    terminal.printJson({ rules: rls.rules.map(rulePart) });
    return ExitCode.ok;
  }
  const auditOptions = await auditOptionsOf(options);
  const audit = await withAdministratorConnection(databaseConfig(env), (connection) =>
    rls.auditDatabase(connection, auditOptions),
  );
  const counts = countFindings(audit.findings);
  if (options.sarif === true) {
    const sarif = rls.toSarif(audit);
    terminal.print(JSON.stringify(sarif));
    terminal.printJson(sarif);
  } else {
    for (const line of describeFindings(audit.findings, rls.places)) terminal.print(line);
    for (const line of describeExtent(audit)) terminal.print(line);
    terminal.printJson({ ...counts, ...audit });
  }
  return counts.errors === 0 ? ExitCode.ok : ExitCode.checkFailed;
}

async function auditOptionsOf({ tenantColumn, role, schema, allow }: RlsAuditOptions): Promise<AuditOptions> {
  return {
    ...(tenantColumn !== undefined && { tenantColumns: tenantColumn }),
    ...(role !== undefined && { roles: role }),
    ...(schema !== undefined && { schemas: schema }),
    ...(allow !== undefined && { allowances: await readFile(allow, 'utf8') }),
  };
}

/** How far the audit went. */
export function describeExtent({ allowed, notChecked, roles, tables }: Audit): string[] {
  const asked =
    roles.length === 0
      ? 'only for what everybody may do: there is no login but superusers, name roles with --role'
      : `for ${roles.join(', ')}`;
  return [
    ...notChecked.map(({ rule, reason }) => `not checked: ${rule}: ${reason}`),
    `looked at ${counted(tables, 'table')} ${asked}`,
    ...(allowed.length === 0 ? [] : [`${counted(allowed.length, 'finding')} known and allowed`]),
  ];
}
