import { Buffer } from 'node:buffer';
import { z } from 'zod';
import { AgentId } from '../column-values.ts';
import { RelationshipType } from './relationship.ts';

/** Which relationship it is, whatever is said about it: at any moment it has at most one version. */
export interface RelationshipKey {
  readonly sourceAgentId: string;
  readonly targetAgentId: string;
  readonly type: RelationshipType;
}

const HOLD_BOTH_WAYS: ReadonlySet<RelationshipType> = new Set([
  'COLLABORATES_WITH',
  'SIMILAR_TO',
  'COMPETES_WITH',
]);

/** The fields of every input that names a relationship; see {@link resolveKey}. */
export const RELATIONSHIP_KEY_FIELDS = {
  sourceAgentId: AgentId,
  targetAgentId: AgentId,
  type: RelationshipType.optional(),
  /** Another name of `type`. */
  relationshipType: RelationshipType.optional(),
  /** Default: by the type; the likes of COLLABORATES_WITH hold both ways. */
  isDirectional: z.boolean().optional(),
} as const;

interface NamedRelationship {
  readonly sourceAgentId: string;
  readonly targetAgentId: string;
  readonly type?: RelationshipType | undefined;
  readonly relationshipType?: RelationshipType | undefined;
  readonly isDirectional?: boolean | undefined;
}

/** For `transform`: one name for the type, and the smaller id first in what holds both ways. */
export function resolveKey<Input extends NamedRelationship>(
  { relationshipType, ...input }: Input,
  context: z.RefinementCtx<Input>,
) {
  const type = input.type ?? relationshipType;
  if (type === undefined || (relationshipType ?? type) !== type) {
    const message = type === undefined ? 'is missing' : 'is not what relationshipType says';
    context.addIssue({ code: 'custom', path: ['type'], message });
    return z.NEVER;
  }
  const { sourceAgentId: one, targetAgentId: other } = input;
  if (one === other) {
    context.addIssue({ code: 'custom', path: ['targetAgentId'], message: 'must be another agent' });
    return z.NEVER;
  }
  const isDirectional = input.isDirectional ?? !HOLD_BOTH_WAYS.has(type);
  const isTurned = !isDirectional && Buffer.compare(Buffer.from(one), Buffer.from(other)) > 0;
  const [sourceAgentId, targetAgentId] = isTurned ? [other, one] : [one, other];
  return { ...input, sourceAgentId, targetAgentId, type, isDirectional };
}

export const RelationshipKey = z.strictObject(RELATIONSHIP_KEY_FIELDS).transform(resolveKey);

/** For {@link refuseRepetitions} and locks. */
export function keyParts({ sourceAgentId, targetAgentId, type }: RelationshipKey): [string, string, string] {
  return [sourceAgentId, targetAgentId, type];
}
