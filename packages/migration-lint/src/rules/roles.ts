const SERVICE = 'agent_agency_service';
const OWNER = 'agent_agency_owner';

/** The role that owns functions with the rights of their owner. */
export const serviceRole = SERVICE;

/** Of some roles those that services log in as, everybody included. */
export function onlyApplication(roles: readonly string[]): string[] {
  return roles.filter((role) => role !== SERVICE && role !== OWNER);
}
