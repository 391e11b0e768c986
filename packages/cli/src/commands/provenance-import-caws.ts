import {
  type Evaluation,
  importProject,
  type ImportedProject,
  readCawsProject,
  type SpecProfile,
} from '@agent-agency/provenance';
import type { CommandContext } from '../command-context.ts';
import { counted } from '../counted.ts';
import { databaseConfig, withManager } from '../database.ts';
import { UsageError } from '../failure.ts';
import { readCawsFile, readCawsFolder } from '../provenance/caws-folder.ts';
import { openTenantSigner, type SigningOptions } from '../provenance/tenant-signer.ts';

export interface ImportCawsOptions extends SigningOptions {
  readonly project?: string;
  readonly profile?: SpecProfile;
  readonly evaluation?: string;
  readonly gates?: string;
  readonly manifest?: string;
  readonly ref?: readonly string[];
}

/** `agency-db provenance import-caws <folder> --tenant <id>` */
export async function provenanceImportCawsCommand(
  context: CommandContext,
  folder: string,
  options: ImportCawsOptions,
): Promise<void> {
  const { env } = context;
  const { tenant: tenantId, project, profile } = options;
  const evaluation = await readEvaluation(options);
  const documents = {
    ...readCawsProject(await readCawsFolder(folder)),
    ...(project !== undefined && { project }),
    ...(profile !== undefined && { profile }),
    ...(evaluation !== undefined && { evaluation }),
  };
  const imported = await withManager(databaseConfig(env), async (manager) => {
    const signer = await openTenantSigner(context, manager, { ...options, purpose: 'nodes' });
    return manager.withTenant({ tenantId }, (tx) => importProject(tx, documents, signer));
  });
  report(context, imported);
}

/** What one run of the gates left, and the file of what was decided on it. */
async function readEvaluation(options: ImportCawsOptions): Promise<Evaluation | undefined> {
  const { evaluation: id, gates, manifest, ref: constitutionalRefs } = options;
  if (id === undefined) {
    if (gates === undefined && manifest === undefined && constitutionalRefs === undefined) return undefined;
    throw new UsageError('--gates, --manifest and --ref are of an evaluation: name it with --evaluation');
  }
  return {
    id,
    ...(gates !== undefined && { gates: await readCawsFile(gates) }),
    ...(manifest !== undefined && { manifest: await readCawsFile(manifest) }),
    ...(constitutionalRefs !== undefined && { constitutionalRefs }),
  };
}

function report({ terminal }: CommandContext, { appended, known }: ImportedProject): void {
  for (const { seq, entityType, entityId, id } of appended)
    terminal.print(`${String(seq).padStart(6)}  ${entityType.padEnd(7)}  ${entityId}  ${id}`);
  const there = known.length === 0 ? '' : `; ${counted(known.length, 'node')} had been recorded before`;
  terminal.print(`recorded ${counted(appended.length, 'node')}${there}`);
  terminal.printJson({
    appended: appended.map(({ seq, id, entityType, entityId, hashChain }) => ({
      ...{ seq, id, entityType, entityId, hash: hashChain },
    })),
    known,
  });
}
