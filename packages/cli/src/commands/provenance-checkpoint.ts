import { type CheckpointRun, createCheckpointer, ProvenanceError } from '@agent-agency/provenance';
import type { CommandContext } from '../command-context.ts';
import { counted } from '../counted.ts';
import { databaseConfig, withManager } from '../database.ts';
import { ExitCode } from '../exit-codes.ts';
import { UsageError } from '../failure.ts';
import { openTenantSigner, type SigningOptions } from '../provenance/tenant-signer.ts';
import { readWitnessFile } from '../provenance/witness-file.ts';

export interface CheckpointCommandOptions extends SigningOptions {
  readonly deployment: string;
  readonly ifNewNodes?: number;
  readonly ifOlderThan?: number;
  readonly witnesses?: string;
}

/** `agency-db provenance checkpoint --tenant <id> --deployment <name>` */
export async function provenanceCheckpointCommand(
  context: CommandContext,
  options: CheckpointCommandOptions,
): Promise<ExitCode> {
  const { tenant: tenantId, deployment, witnesses: file } = options;
  const witnesses = file === undefined ? [] : await readWitnessFile(file);
  try {
    const run = await withManager(databaseConfig(context.env), async (manager) => {
      const signer = await openTenantSigner(context, manager, { ...options, purpose: 'checkpoints' });
      const checkpointer = createCheckpointer(manager, {
        ...{ tenantId, deployment, signer, witnesses, ...scheduleOf(options) },
        onError: () => undefined,
      });
      return checkpointer.run();
    });
    requireOrigin(run, `${deployment}/${tenantId}`);
    return report(context, run);
  } catch (error) {
    if (error instanceof ProvenanceError && error.code === 'LOG_REWOUND') return raiseAlarm(context, error);
    throw error;
  }
}

/** Without a condition any new node is enough; one that is not given never holds. */
function scheduleOf({ ifNewNodes, ifOlderThan }: CheckpointCommandOptions): {
  everyNodes: number;
  everyMs: number;
} {
  const never = Number.MAX_SAFE_INTEGER;
  const everyNodes = ifNewNodes ?? (ifOlderThan === undefined ? 1 : never);
  return { everyNodes, everyMs: ifOlderThan ?? never };
}

/** Also when it was not time for a checkpoint, and nobody has looked. */
function requireOrigin({ checkpoint }: CheckpointRun, origin: string): void {
  if (checkpoint === undefined || checkpoint.origin === origin) return;
  throw new UsageError(
    `the checkpoints of this log are of ${checkpoint.origin}, and stay so: name that deployment with --deployment`,
  );
}

/** The note alone is on standard output: it is what is kept elsewhere. */
function report({ terminal }: CommandContext, { checkpoint, isNew, missing }: CheckpointRun): ExitCode {
  if (checkpoint === undefined) terminal.note('the log is empty: there is nothing to sign');
  else {
    const { size, note, cosignedBy } = checkpoint;
    for (const line of note.replace(/\n$/, '').split('\n')) terminal.print(line);
    const what = isNew ? 'signed a checkpoint' : 'it is not time for a checkpoint; the last one is';
    const by =
      cosignedBy.length === 0 ? '' : `, cosigned by ${cosignedBy.map(({ name }) => name).join(', ')}`;
    terminal.note(`${what} of ${counted(size, 'node')}${by}`);
  }
  for (const { message } of missing) terminal.note(`${message} The next run asks again.`);
  terminal.printJson({
    checkpoint:
      checkpoint === undefined
        ? null
        : { ...checkpoint, root: Buffer.from(checkpoint.root).toString('base64') },
    isNew,
    missing: missing.map(({ details }) => details),
  });
  return missing.length === 0 ? ExitCode.ok : ExitCode.checkFailed;
}

/** Not an error among others: what others have been shown is not in this database any more. */
function raiseAlarm({ terminal }: CommandContext, { code, message, details }: ProvenanceError): ExitCode {
  terminal.note(`ALARM: the log was rewound or rewritten. ${message}`);
  terminal.note(
    'Nothing was signed. Stop whoever appends, keep this database as it is, and look for a restored backup or a second one: ' +
      'the log goes on only from a state that has what was cosigned.',
  );
  terminal.printJson({ error: { code, message, details } });
  return ExitCode.checkFailed;
}
