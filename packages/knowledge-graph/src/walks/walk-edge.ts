import type { RelationshipType } from '../generated/tables.ts';
import { compareIds } from './compare-ids.ts';

/** A relationship that a walk followed, the way it is stored: an undirected one has the smaller id as its source. */
export interface WalkEdge {
  readonly sourceAgentId: string;
  readonly targetAgentId: string;
  readonly type: RelationshipType;
  readonly isDirectional: boolean;
  /** 0–1. */
  readonly confidence: number;
}

/** How a relationship lies in a walk: along it, against it, or undirected. */
export type Orientation = '>' | '<' | '-';

/** One hop of a walk. */
export interface Way {
  readonly from: string;
  readonly to: string;
  readonly type: RelationshipType;
  readonly orientation: Orientation;
  /** Confidence in hundredths: products of whole numbers are exact, up to seven of them. */
  readonly hundredths: number;
}

export function edgeOf({ from, to, type, orientation, hundredths }: Way): WalkEdge {
  const isTurned = orientation === '<' || (orientation === '-' && compareIds(from, to) > 0);
  return {
    sourceAgentId: isTurned ? to : from,
    targetAgentId: isTurned ? from : to,
    type,
    isDirectional: orientation !== '-',
    confidence: hundredths / 100,
  };
}
