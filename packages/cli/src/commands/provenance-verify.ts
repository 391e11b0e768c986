import { verifyLog, type ChainReport } from '@agent-agency/provenance';
import { getOwnTenant } from '@agent-agency/tenancy';
import type { CommandContext } from '../command-context.ts';
import { counted } from '../counted.ts';
import { databaseConfig, withManager } from '../database.ts';
import { ExitCode } from '../exit-codes.ts';

/** Reads every node; a long log takes longer than a statement usually may, but each page is a statement. */
export async function provenanceVerifyCommand(
  { terminal, env }: CommandContext,
  options: { readonly tenant: string },
): Promise<ExitCode> {
  const report = await withManager(databaseConfig(env), (manager) =>
    manager.withTenant(
      { tenantId: options.tenant },
      async (tx) => {
        await getOwnTenant(tx);
        return verifyLog(tx);
      },
      { readOnly: true },
    ),
  );
  terminal.print(describeReport(report));
  terminal.printJson(report);
  return report.valid ? ExitCode.ok : ExitCode.checkFailed;
}

export function describeReport(report: ChainReport): string {
  const { valid, checked, head, firstViolation, violationCount } = report;
  if (valid && checked === 0) return 'the log is empty: there is nothing to verify';
  if (valid)
    return `${counted(checked, 'node')} verified; the log ends at ${String(head.seq)} with ${head.hash ?? 'nothing'}`;
  const counts = `${counted(violationCount, 'violation')} in ${counted(checked, 'node')}`;
  if (firstViolation === undefined) return `the log was changed: ${counts}`;
  const { seq, id, kind, message } = firstViolation;
  const node = `node ${String(seq)}${id === undefined ? '' : ` (${id})`}`;
  return `the log was changed: ${counts}; the first is ${node}: ${kind}: ${message}`;
}
