import {
  type ChainReport,
  type CopyReport,
  type LineageReport,
  type RecordReport,
  verifyCopies,
  verifyLineage,
  verifyLog,
  type VerifyLogOptions,
  verifyRecords,
  type Violation,
} from '@agent-agency/provenance';
import { getOwnTenant } from '@agent-agency/tenancy';
import type { CommandContext } from '../command-context.ts';
import { counted } from '../counted.ts';
import { databaseConfig, withManager } from '../database.ts';
import { ExitCode } from '../exit-codes.ts';
import { type KeptCheckpoint, readKeptCheckpoints } from '../provenance/kept-checkpoint.ts';
import { readPublicKeys } from '../provenance/public-keys.ts';
import type { TrustOptions } from '../provenance/trust.ts';

export interface ProvenanceVerifyOptions extends Partial<TrustOptions> {
  readonly tenant: string;
  readonly checkpoint?: readonly string[];
  readonly hashes?: true;
}

/** Reads every node; a long log takes longer than a statement usually may, but each page is a statement. */
export async function provenanceVerifyCommand(
  { terminal, env }: CommandContext,
  options: ProvenanceVerifyOptions,
): Promise<ExitCode> {
  const { tenant: tenantId, key, hashes = false } = options;
  const config = databaseConfig(env);
  const kept = await readKeptCheckpoints(options);
  const question: VerifyLogOptions = {
    check: hashes ? 'hashes' : 'everything',
    checkpoints: kept.map(({ checkpoint }) => checkpoint),
    ...(key !== undefined && { keys: await readPublicKeys(key) }),
  };
  const { report, records, copies, lineage } = await withManager(config, (manager) =>
    manager.withTenant(
      { tenantId },
      async (tx) => {
        await getOwnTenant(tx);
        return {
          report: await verifyLog(tx, question),
          records: await verifyRecords(tx),
          copies: await verifyCopies(tx),
          lineage: await verifyLineage(tx),
        };
      },
      { readOnly: true },
    ),
  );
  const lines = [
    describeReport(report),
    ...report.violations.slice(1).map((violation) => `  ${describeViolation(violation)}`),
    ...describeWarnings(report),
    ...describeRecords(records),
    ...describeBeside(copies, lineage),
    ...(report.valid ? describeExtent(report, kept, hashes) : []),
  ];
  for (const line of lines) terminal.print(line);
  const checkpoints = kept.map(jsonOf);
  terminal.printJson({ ...report, records, copies, lineage, check: question.check, checkpoints });
  const isValid = [report, records, copies, lineage].every(({ valid }) => valid);
  return isValid ? ExitCode.ok : ExitCode.checkFailed;
}

export function describeReport(report: ChainReport): string {
  const { valid, checked, head, firstViolation, violationCount } = report;
  if (valid && checked === 0) return 'the log is empty: there is nothing to verify';
  if (valid)
    return `${counted(checked, 'node')} verified; the log ends at ${String(head.seq)} with ${head.hash ?? 'nothing'}`;
  const counts = `${counted(violationCount, 'violation')} in ${counted(checked, 'node')}`;
  if (firstViolation === undefined) return `the log was changed: ${counts}`;
  return `the log was changed: ${counts}; the first is ${describeViolation(firstViolation)}`;
}

function describeViolation({ seq, lastSeq, id, kind, message }: Violation): string {
  const place = lastSeq === undefined ? `node ${String(seq)}` : `nodes ${String(seq)} to ${String(lastSeq)}`;
  return `${place}${id === undefined ? '' : ` (${id})`}: ${kind}: ${message}`;
}

function describeWarnings({ warnings, warningCount }: ChainReport): string[] {
  const [first] = warnings;
  if (first === undefined) return [];
  return [
    `${counted(warningCount, 'warning')}; the first is node ${String(first.seq)}: ${first.kind}: ${first.message}`,
  ];
}

/** Records are copies of verdicts. */
function describeRecords({ checked, violationCount, violations }: RecordReport): string[] {
  if (checked === 0) return [];
  if (violationCount === 0) return [`${counted(checked, 'record')} verified: what the log has`];
  return [
    `the records were changed: ${counted(violationCount, 'column')} in ${counted(checked, 'record')}`,
    ...violations.map(({ verdictId, column }) => `  verdict ${verdictId}: ${column}`),
  ];
}

/** What the database derives from nodes, and searches read; no hash covers it. */
function describeBeside(copies: CopyReport, lineage: LineageReport): string[] {
  const count = copies.violationCount + lineage.violationCount;
  if (count === 0) return [];
  return [
    `what stands beside the log was changed: ${counted(count, 'violation')}`,
    ...copies.violations.map(({ seq, copy }) => `  node ${String(seq)}: ${copy}`),
    ...lineage.violations.map(({ nodeId, table, kind }) => `  node ${nodeId}: ${kind} in ${table}`),
  ];
}

/** What it was held against, and what that leaves open. */
function describeExtent(report: ChainReport, kept: readonly KeptCheckpoint[], hashes: boolean): string[] {
  const largest = Math.max(0, ...kept.map(({ checkpoint }) => checkpoint.size));
  const behind = report.head.seq - largest;
  const open = behind > 0 ? `; ${counted(behind, 'node')} behind it not` : '';
  return [
    ...kept.map(({ file, checkpoint, cosignatures }) => {
      const seen =
        cosignatures.length === 0 ? '' : `, cosigned by ${cosignatures.map(({ name }) => name).join(', ')}`;
      return `continues the checkpoint of ${counted(checkpoint.size, 'node')} in ${file}${seen}`;
    }),
    ...(hashes && largest > 0
      ? [`signatures were not looked at; the checkpoint stands for them${open}`]
      : []),
    ...(hashes && largest === 0
      ? ['signatures were not looked at, and no checkpoint stands for them: name one with --checkpoint']
      : []),
  ];
}

function jsonOf({ file, checkpoint, cosignatures }: KeptCheckpoint): unknown {
  const { origin, size, root } = checkpoint;
  return { file, origin, size, root: Buffer.from(root).toString('base64'), cosignatures };
}
