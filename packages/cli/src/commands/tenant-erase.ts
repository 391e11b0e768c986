import {
  concludeErasure,
  createLocalFileKeys,
  eraseTenant,
  TenantKeyRing,
  type Erasure,
  type KeyDestroyer,
  type SignedReceipt,
} from '@agent-agency/tenancy';
import type { SystemTransaction } from '@agent-agency/db-core';
import type { CommandContext } from '../command-context.ts';
import { counted } from '../counted.ts';
import { databaseConfig, withManager } from '../database.ts';
import { ExitCode } from '../exit-codes.ts';
import { UsageError } from '../failure.ts';
import { withNewFile } from '../new-file.ts';
import { openOperatorSigner } from '../operator-key.ts';

/** What every command takes that erases something. */
export interface ErasingOptions {
  readonly reason: string;
  readonly yes?: true;
  readonly receipt?: string;
  readonly signingKey?: string;
}

export interface TenantEraseOptions extends ErasingOptions {
  readonly force?: true;
  readonly marker?: readonly string[];
  readonly keys?: string;
}

/** `agency-db tenant erase <id> --reason <text> --yes` */
export function tenantEraseCommand(
  context: CommandContext,
  tenantId: string,
  options: TenantEraseOptions,
): Promise<ExitCode> {
  const { reason, force, marker: markers, keys } = options;
  return erasing(context, options, {
    what: `everything that tenant ${tenantId} has`,
    why: `agency-db tenant erase: ${reason}`,
    erase: (tx) => eraseTenant(tx, { tenantId, reason, force, markers }),
    keys: keys === undefined ? undefined : keysIn(keys),
  });
}

/** `agency-db tenant destroy-key <id> --keys <folder> --yes`: what is left of an erasure without it. */
export async function tenantDestroyKeyCommand(
  { terminal }: CommandContext,
  tenantId: string,
  { keys, yes }: { readonly keys: string; readonly yes?: true },
): Promise<void> {
  if (yes !== true)
    throw new UsageError(`this makes all sealed data of tenant ${tenantId} unreadable, for good: add --yes`);
  await keysIn(keys).destroy(tenantId);
  terminal.print(`destroyed the key of tenant ${tenantId}`);
  terminal.printJson({ tenantId, destroyed: true });
}

function keysIn(folder: string): KeyDestroyer {
  return new TenantKeyRing(createLocalFileKeys(folder));
}

interface Erasing {
  readonly what: string;
  readonly why: string;
  readonly erase: (tx: SystemTransaction) => Promise<Erasure>;
  readonly keys?: KeyDestroyer | undefined;
}

/** Erases what was confirmed, and hands out the receipt. */
export async function erasing(
  context: CommandContext,
  options: ErasingOptions,
  { what, why, erase, keys }: Erasing,
): Promise<ExitCode> {
  if (options.yes !== true)
    throw new UsageError(`this deletes ${what}, for good: add --yes if that is what you want`);
  const config = databaseConfig(context.env);
  const signer = await openOperatorSigner(context, options.signingKey);
  const work = async (): Promise<SignedReceipt> => {
    // Not to be stopped half-way: without the receipt nobody knows what was done.
    const erasure = await withManager(config, (manager) =>
      manager.withSystem(why, erase, { attempts: 3, statementTimeoutMs: 0 }),
    );
    return concludeErasure(erasure, { keys, signer });
  };
  const { receipt: file } = options;
  const receipt =
    file === undefined
      ? await work()
      : await withNewFile(file, async (handle) => {
          const made = await work();
          await handle.writeFile(`${JSON.stringify(made, undefined, 2)}\n`);
          return made;
        });
  report(context, receipt, what);
  return receipt.body.complete ? ExitCode.ok : ExitCode.checkFailed;
}

function report({ terminal }: CommandContext, receipt: SignedReceipt, what: string): void {
  const { tables, ofOthers, redacted, subjectKeys, retained, complete, key, searched } = receipt.body;
  const sum = (counts: readonly number[]): number => counts.reduce((total, it) => total + it, 0);
  const deleted = sum(tables.map((it) => it.deleted));
  const touched = tables.filter((it) => it.deleted > 0).length;
  terminal.print(`deleted ${what}: ${counted(deleted, 'row')} of ${counted(touched, 'table')}`);
  const others = sum(ofOthers.map((it) => it.deleted));
  if (others > 0) terminal.print(`deleted ${counted(others, 'row')} of others that named it`);
  const cleared = sum(redacted.map((it) => it.rows));
  if (cleared > 0) terminal.print(`took the name out of ${counted(cleared, 'row')}`);
  if (subjectKeys > 0)
    terminal.print(
      `destroyed ${counted(subjectKeys, 'key')} of the subject: what was sealed with it is unreadable`,
    );
  terminal.print(`looked for the rest in ${searched}`);
  for (const { where, rows, reason } of retained)
    terminal.print(`kept: ${where} (${rows === null ? 'rows unknown' : counted(rows, 'row')}): ${reason}`);
  if (key.state === 'failed') terminal.print(`the key is not destroyed (${key.problem}): ${key.remedy}`);
  if (!complete) terminal.print('not complete');
  terminal.printJson(receipt);
}
