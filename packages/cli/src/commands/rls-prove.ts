import { writeFile } from 'node:fs/promises';
import { withAdministratorConnection } from '@agent-agency/db-core';
import { migrateUp } from '@agent-agency/migrations';
import type { CommandContext } from '../command-context.ts';
import { ExitCode } from '../exit-codes.ts';
import { withScratchDatabase } from '../scratch-database.ts';

export interface RlsProveOptions {
  readonly mutate?: boolean;
  readonly only?: string;
  readonly output?: string;
}

/** `agency-db rls prove`: exit code 1 when a role can do what the model does not say, or a mutant survives. */
export async function rlsProveCommand(
  context: CommandContext,
  { mutate = false, only, output }: RlsProveOptions,
): Promise<ExitCode> {
  const { terminal, interruption } = context;
  const signal = interruption('nothing of the proof is left');
  const { describeProof, isProof, matrixOf, passes, proofDocument, proveIsolation } =
    await import('@agent-agency/rls');
  terminal.status('a migrated database to work on');
  const proof = await withScratchDatabase({ ...context, purpose: 'prove' }, ({ config }) =>
    withAdministratorConnection(config, async (connection) => {
      await migrateUp(connection);
      return proveIsolation(connection, {
        mutate,
        signal,
        ...(only === undefined ? {} : { only }),
        onProgress: (what, done, total) => {
          terminal.progress(done, total, what);
        },
      });
    }),
  );
  for (const line of describeProof(proof)) terminal.print(line);
  if (output !== undefined) await writeFile(output, proofDocument(proof));
  const { cells, coverage, mutants } = proof;
  terminal.printJson({
    proven: isProof(proof),
    cells: cells.length,
    differences: cells.filter((cell) => !passes(cell)),
    coverage,
    matrix: matrixOf(cells),
    ...(mutants === undefined ? {} : { mutants }),
  });
  return isProof(proof) ? ExitCode.ok : ExitCode.checkFailed;
}
