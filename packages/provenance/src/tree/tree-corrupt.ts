import { ProvenanceError, type ProvenanceErrorDetails } from '../errors.ts';

/** What is thrown when the stored tree is not that of the log, or not all of it is there. */
export function treeCorrupt(message: string, details: ProvenanceErrorDetails = {}): ProvenanceError {
  return new ProvenanceError('TREE_CORRUPT', message, { details });
}
