import { ProvenanceError, type ProvenanceErrorDetails } from '../errors.ts';

/** One answer for a node that is not there and for another tenant's. */
export function nodeNotFound(key: ProvenanceErrorDetails): ProvenanceError {
  return new ProvenanceError('NODE_NOT_FOUND', 'The log has no such node.', { details: key });
}
