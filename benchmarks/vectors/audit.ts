import type { ConnectionPoolManager } from '@agent-agency/db-core';
import { findSimilarCapabilities, type SearchPlan } from '@agent-agency/knowledge-graph';
import { mark, mean, type Mark } from './examiner.ts';
import { WANTED, type Question } from './questions.ts';

/** What one tenant got, over all its questions. */
export interface TenantMark {
  readonly tenantId: string;
  readonly plan: SearchPlan;
  readonly recall: number;
  readonly isComplete: boolean;
}

/** Asks every tenant its questions, without a clock: no tenant may hide behind the mean. */
export async function audit(
  manager: ConnectionPoolManager,
  questions: readonly Question[],
): Promise<TenantMark[]> {
  const byTenant = Map.groupBy(questions, ({ tenant }) => tenant.id);
  const marks: TenantMark[] = [];
  for (const [tenantId, own] of byTenant) {
    let plan: SearchPlan = 'exact';
    const answered = await manager.withTenant({ tenantId }, async (tx) => {
      const done: Mark[] = [];
      for (const question of own) {
        const { capabilities, explanation } = await findSimilarCapabilities(tx, {
          ...{ embedding: question.embedding, limit: WANTED, minConfidence: 0.7 },
          explain: done.length === 0,
        });
        plan = explanation?.plan ?? plan;
        done.push(
          mark(
            question,
            capabilities.map(({ id }) => id),
          ),
        );
      }
      return done;
    });
    marks.push({
      ...{ tenantId, plan, recall: mean(answered.map(({ recall }) => recall)) },
      isComplete: answered.every(({ completeness }) => completeness === 1),
    });
  }
  return marks;
}

/** By plan, how many tenants are searched so, and their mean and least recall. */
export function classFigures(marks: readonly TenantMark[]): Record<string, number> {
  return Object.fromEntries(
    (['exact', 'scan', 'graph'] as const).flatMap((plan) => {
      const recalls = marks.filter((tenant) => tenant.plan === plan).map(({ recall }) => recall);
      if (recalls.length === 0) return [];
      return [
        [`${plan}Tenants`, recalls.length],
        [`${plan}Recall`, mean(recalls)],
        [`${plan}LeastRecall`, Math.min(...recalls)],
      ];
    }),
  );
}
