import type { Finding, Severity } from '@agent-agency/db-core';
import type { CommandContext } from '../command-context.ts';
import { counted } from '../counted.ts';
import { serviceConfig, withManager } from '../database.ts';
import { ExitCode } from '../exit-codes.ts';

/** Examines what a service with this environment would work with. */
export async function doctorCommand({ terminal, env }: CommandContext): Promise<ExitCode> {
  const config = serviceConfig(env);
  const findings = await withManager({ ...config, min: 0 }, (manager) => manager.diagnose());
  const isSound = findings.every(({ severity }) => severity !== 'error');
  for (const line of describeFindings(findings)) terminal.print(line);
  terminal.printJson({ sound: isSound, findings });
  return isSound ? ExitCode.ok : ExitCode.checkFailed;
}

const GROUPS: readonly { readonly severity: Severity; readonly noun: string }[] = [
  { severity: 'error', noun: 'error' },
  { severity: 'warning', noun: 'warning' },
  { severity: 'info', noun: 'note' },
];

/** What people read: by severity, each with what to do. */
export function describeFindings(findings: readonly Finding[]): string[] {
  if (findings.length === 0) return ['nothing is wrong'];
  return GROUPS.flatMap(({ severity, noun }) => {
    const group = findings.filter((finding) => finding.severity === severity);
    if (group.length === 0) return [];
    return [counted(group.length, noun), ...group.flatMap(linesOf)];
  });
}

function linesOf({ code, title, detail, remedy, docs }: Finding): string[] {
  return [
    `  ${code}: ${title}`,
    ...detail.split('\n').map((line) => `    ${line}`),
    `    → ${remedy}`,
    ...(docs === undefined ? [] : [`    ${docs}`]),
  ];
}
