import { sha256 } from '../crypto/index.ts';
import { toHex, utf8 } from '../format/encoding.ts';
import type { EntityType } from '../format/node.ts';
import type { JsonObject } from './caws-document.ts';

/** A node before it is appended: what of it follows from documents. */
export interface NodeDraft {
  /** {@link nodeIdOf} the entity. */
  readonly id: string;
  readonly entityType: EntityType;
  /** Unique with its type in a tenant's log. */
  readonly entityId: string;
  /** What this is one wording of: `FEAT-0001` of `FEAT-0001@<hash>`. Absent for what has only one. */
  readonly versionOf?: string;
  readonly content: JsonObject;
  readonly constitutionalRefs?: readonly string[];
  /** SHA-256 of the canonical JSON of the working spec that applies, in hex. */
  readonly specHash?: string;
  /** One line for people and for search. */
  readonly description?: string;
  /** The ids of the nodes that this one derives from; drafted before it. */
  readonly parents: readonly string[];
}

const domainTag = utf8('agent-agency.caws.node-id.v1\0');

/** What a node records, and for whom. */
export interface EntityName {
  readonly tenantId: string;
  readonly entityType: EntityType;
  readonly entityId: string;
}

/**
 * The id that the node of an entity gets here: a UUID version 8 from the SHA-256 of tenant, type and id. So a document gives
 * the same node whenever it is imported, and the id of a parent is known before the parent is recorded.
 *
 * @see RFC 9562 section 5.8 and appendix B.2
 * @example
 * nodeIdOf({ tenantId: 'acme', entityType: 'verdict', entityId: 'VERDICT-001' });
 */
export function nodeIdOf({ tenantId, entityType, entityId }: EntityName): string {
  const name = utf8([tenantId, entityType, entityId].join('\0'));
  const bytes = sha256(domainTag, name).slice(0, 16);
  bytes[6] = 0x80 | ((bytes[6] ?? 0) & 0x0f); // version 8
  bytes[8] = 0x80 | ((bytes[8] ?? 0) & 0x3f); // variant of RFC 9562
  return toHex(bytes).replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
}
