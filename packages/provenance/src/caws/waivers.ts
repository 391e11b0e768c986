import { z } from 'zod';
import {
  type CawsDocument,
  checkDocument,
  type GivenDocument,
  type JsonObject,
  plainCopy,
} from './caws-document.ts';
import { isJsonObject } from '../format/json-object.ts';
import type { Problems } from './problems.ts';

const text = z.string().min(1);
const id = z
  .string()
  .max(128)
  .regex(/^WV-[A-Z0-9]+(-[A-Z0-9]+)*$/);
const instant = z.union([z.iso.datetime({ offset: true }), z.iso.date()]);
const status = z.enum(['proposed', 'active', 'expired', 'revoked']);
const count = z.int().min(0);

/** A waiver in a file of its own: it may waive several gates, and has a title. */
const TitledWaiver = z
  .looseObject({
    id,
    title: text,
    reason: text,
    gates: z.array(text).min(1),
    approved_by: text.optional(),
    approvers: z.array(z.unknown()).min(1).optional(),
    created_at: instant.optional(),
    expires_at: instant,
    status: status.optional(),
    delta: z.looseObject({ max_files: count.optional(), max_loc: count.optional() }).optional(),
  })
  .refine(({ approved_by, approvers }) => approved_by !== undefined || approvers !== undefined, {
    path: ['approved_by'],
    message: 'must say who approved it, here or as approvers',
    // Without it zod would look at whether somebody approved only once the rest is right.
    when: ({ value }) => typeof value === 'object' && value !== null,
  })
  .transform(({ title, ...waiver }) => ({ id: waiver.id, title, active: isActive(waiver.status) }));

/**
 * A waiver of the schema of 2025-10, a map from ids to one gate each.
 *
 * @see darianrosebrook/agent-agency, apps/tools/caws/schemas/waivers.schema.json
 */
const GateWaiver = z
  .looseObject({
    id,
    gate: z.enum(['coverage', 'mutation', 'contracts', 'a11y', 'perf', 'security']),
    reason: z.string().min(10),
    owner: z.string(),
    expiry: z.iso.datetime({ offset: true }),
    compensating_control: z.string().optional(),
    ticket_url: z.url().optional(),
    approved_by: z.string().optional(),
    created_at: z.iso.datetime({ offset: true }).optional(),
    status: status.exclude(['proposed']).optional(),
  })
  .transform((waiver) => ({ id: waiver.id, title: waiver.reason, active: isActive(waiver.status) }));

/** What every form of waiver says. */
export interface Waiver {
  readonly id: string;
  readonly title: string;
  /** As it says of itself: neither proposed, expired nor revoked. No clock is asked. */
  readonly active: boolean;
}

function isActive(given: z.infer<typeof status> | undefined): boolean {
  return given === undefined || given === 'active';
}

/**
 * The waivers of files of any form: one waiver with its `id`; a collection under `waivers`; a map from ids to waivers.
 * One that is given twice in the same words counts once.
 */
export function checkWaivers(files: readonly GivenDocument[], problems: Problems): CawsDocument<Waiver>[] {
  const found = new Map<string, CawsDocument<Waiver>>();
  for (const given of files.flatMap((file) => entries(file, problems))) {
    const waiver = checkDocument(hasGate(given.document) ? GateWaiver : TitledWaiver, given, problems);
    if (waiver === undefined) continue;
    const known = found.get(waiver.value.id);
    if (known !== undefined && known.hash !== waiver.hash)
      problems.add(given.place, 'is given twice, in different words');
    found.set(waiver.value.id, waiver);
  }
  return [...found.values()];
}

function hasGate(document: unknown): boolean {
  return isJsonObject(document) && 'gate' in document;
}

/** The single waivers of a file, each with its id: in a map that is its key. */
function entries(file: GivenDocument, problems: Problems): GivenDocument[] {
  const content = plainCopy(file, problems)?.content;
  if (content === undefined) return [];
  if ('id' in content) return [{ place: file.place, document: content }];
  const collection = collectionIn(content);
  return Object.entries(collection).map(([key, waiver]) => {
    const place = `${file.place}.${key}`;
    if (!isJsonObject(waiver)) return { place, document: waiver };
    if ('id' in waiver && waiver['id'] !== key) problems.add(place, 'has another id than its key');
    return { place, document: { ...waiver, id: key } };
  });
}

/** The map in a file: under `waivers`, or the file itself. */
function collectionIn(content: JsonObject): Readonly<Record<string, unknown>> {
  return isJsonObject(content['waivers']) ? content['waivers'] : content;
}
