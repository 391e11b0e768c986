import { verifyLog, type ChainReport } from '@agent-agency/provenance';
import { describeReport } from '../commands/provenance-verify.ts';
import { ask } from './answers.ts';
import type { Attacks } from './attacks.ts';
import { questionsOf } from './questions.ts';
import { A, B, type Stage } from './stage.ts';
import { listEntityIds } from './store.ts';

/** That a tenant gets nothing of another's, by asking or by SQL. */
export async function showIsolation({ manager, steps }: Stage, attacks: Attacks): Promise<void> {
  await steps.run("tenant B asks tenant A's questions", async () => {
    const questions = await manager.withTenant({ tenantId: A }, questionsOf, { readOnly: true });
    const ofA = await manager.withTenant({ tenantId: A }, listEntityIds, { readOnly: true });
    const results = (await Promise.all(questions.map((question) => ask(manager, B, question)))).flat();
    const leaked = results.filter((result) => ofA.has(result.entityId));
    return {
      lines: [
        `${String(leaked.length)} of its ${String(results.length)} results are among tenant A's ${String(ofA.size)}`,
      ],
      held: leaked.length === 0 && ofA.size > 0,
    };
  });
  await steps.run('raw SQL inside tenant B names tenant A by set_config', async () => {
    const { seen, tenantAfterwards } = await attacks.switchTenantBySql(manager, { from: B, to: A });
    return {
      lines: [
        `it sees ${String(seen)} rows, and its tenant is ${tenantAfterwards ?? 'nobody: the signature does not fit'}`,
      ],
      held: seen === 0 && tenantAfterwards === null,
    };
  });
}

/** That a log is intact, and that changing one row of it shows. */
export async function showProvenance({ manager, steps, database }: Stage, attacks: Attacks): Promise<void> {
  const verify = (): Promise<ChainReport> =>
    manager.withTenant({ tenantId: A }, (tx) => verifyLog(tx), { readOnly: true });
  let length = 0;
  await steps.run("tenant A's log is verified", async () => {
    const report = await verify();
    length = report.checked;
    return { lines: [describeReport(report)], held: report.valid && report.checked > 0 };
  });
  const seq = Math.ceil(length / 2);
  await steps.run(
    `the owner of the tables alters node ${String(seq)}, and the log is verified again`,
    async () => {
      await attacks.alterLogAsOwner(database.config, { tenantId: A, seq });
      const report = await verify();
      return {
        lines: [describeReport(report)],
        held: report.violationCount === 1 && report.firstViolation?.seq === seq,
      };
    },
  );
}
