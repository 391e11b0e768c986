import { forgetSubject } from '@agent-agency/tenancy';
import type { CommandContext } from '../command-context.ts';
import type { ExitCode } from '../exit-codes.ts';
import { UsageError } from '../failure.ts';
import { erasing, type ErasingOptions } from './tenant-erase.ts';

export interface TenantForgetOptions extends ErasingOptions {
  readonly subject: string;
}

/** `agency-db tenant forget <id> --subject <id> --reason <text> --yes` */
export async function tenantForgetCommand(
  context: CommandContext,
  tenantId: string,
  options: TenantForgetOptions,
): Promise<ExitCode> {
  const { subject: subjectId, reason } = options;
  // Before the reason is in the operators' log, where it stays.
  if (reason.includes(subjectId))
    throw new UsageError('the reason is kept for good: it must not name the subject');
  return erasing(context, options, {
    what: `what is about that subject of tenant ${tenantId}`,
    why: `agency-db tenant forget: ${reason}`,
    erase: (tx) => forgetSubject(tx, { tenantId, subjectId, reason }),
  });
}
