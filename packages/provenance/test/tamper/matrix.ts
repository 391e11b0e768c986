import type { TenantTransaction } from '@agent-agency/db-core';
import { beside } from './beside.ts';
import { changedOrder } from './changed-order.ts';
import { detect, type Detection, type DetectorName, detectors } from './detect.ts';
import { editedColumns } from './edited-columns.ts';
import { wrongKeys } from './keys.ts';
import { agedHead, force, type Tampering } from './tampering.ts';
import type { World } from './world.ts';

export const groups: Readonly<Record<string, readonly Tampering[]>> = {
  'A column of a node': editedColumns,
  'The log as a whole': changedOrder,
  Keys: wrongKeys,
  'What is stored beside it': beside,
};

export const detectorNames = Object.keys(detectors) as DetectorName[];

/** What everybody who looks has found of one tampering. */
export interface Outcome {
  readonly tampering: Tampering;
  readonly found: Readonly<Record<DetectorName, readonly Detection[]>>;
}

class Undo extends Error {}

/** All of them, by group. */
export async function tryEverything(world: World): Promise<Record<string, Outcome[]>> {
  const outcomes: Record<string, Outcome[]> = {};
  for (const [title, tamperings] of Object.entries(groups)) {
    outcomes[title] = [];
    for (const tampering of tamperings) outcomes[title].push(await tryOut(world, tampering));
  }
  return outcomes;
}

/** Tampers, has everybody look, and undoes it. */
export async function tryOut(world: World, tampering: Tampering): Promise<Outcome> {
  const found: Partial<Record<DetectorName, readonly Detection[]>> = {};
  const attempt = async (tx: TenantTransaction): Promise<never> => {
    await tampering.tamper(tx, world);
    await force(tx, agedHead);
    for (const name of detectorNames) found[name] = await detect(name, tx, world);
    throw new Undo();
  };
  const tenantId = world[tampering.inLogOf ?? 'acme'];
  try {
    await world.manager.withTenant({ tenantId }, attempt);
  } catch (error) {
    if (!(error instanceof Undo)) throw error;
  }
  return { tampering, found: found as Outcome['found'] };
}

/** Whether it was found, by whoever looked, where it was done. */
export function isFound({ tampering, found }: Outcome): boolean {
  return Object.values(found)
    .flat()
    .some((detection) => tampering.at.some((place) => isAt(detection, place)));
}

function isAt({ first, last }: Detection, place: number | string): boolean {
  if (typeof first === 'number' && typeof last === 'number' && typeof place === 'number')
    return first <= place && place <= last;
  return first === place;
}
