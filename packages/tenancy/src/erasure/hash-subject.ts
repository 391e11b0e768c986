import { createHash } from 'node:crypto';

/** What a receipt calls a subject: SHA-256, hex. Whoever knows the id can check that it is meant. */
export function hashSubject(tenantId: string, subjectId: string): string {
  return createHash('sha256').update(`agent-agency.subject\0${tenantId}\0${subjectId}`).digest('hex');
}
