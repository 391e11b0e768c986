import type { DatabaseConfig } from '../config.ts';
import type { Finding } from './finding.ts';
import type { ServerFacts } from './server-facts.ts';

/** What is wrong with who logs in, and how. */
export function loginFindings(facts: ServerFacts, config: DatabaseConfig): Finding[] {
  return [...privilegeFindings(facts, config), ...rightsFindings(facts), ...rowSecurityFindings(facts)];
}

export function isPrivileged({ powerful_roles }: ServerFacts): boolean {
  return powerful_roles.length > 0;
}

function privilegeFindings(facts: ServerFacts, { allowPrivilegedRole }: DatabaseConfig): Finding[] {
  if (!isPrivileged(facts)) return [];
  const reasons = [
    ...(facts.is_superuser ? ['It is a superuser.'] : []),
    ...(facts.bypasses_rls ? ['It has BYPASSRLS.'] : []),
  ];
  return [
    {
      code: 'PRIVILEGED_ROLE',
      severity: allowPrivilegedRole ? 'warning' : 'error',
      title: allowPrivilegedRole
        ? 'the login could switch row level security off, and the configuration allows that'
        : 'the login could switch row level security off: the pool refuses it',
      // A superuser counts as a member of every role.
      detail: reasons.length > 0 ? reasons.join('\n') : `It can become ${facts.powerful_roles.join(', ')}.`,
      remedy:
        'let services log in as agent_agency_app, or as a role that is a member of it and of nothing else',
    },
  ];
}

function rightsFindings(facts: ServerFacts): Finding[] {
  if (isPrivileged(facts) || facts.is_application) return [];
  return [
    {
      code: 'LOGIN_WITHOUT_RIGHTS',
      severity: 'error',
      title: 'the login is not the application',
      detail:
        'Policies let agent_agency_app and agent_agency_readonly see rows, and it has the rights of neither.',
      remedy: 'grant agent_agency_app to the login, or log in as agent_agency_app',
    },
  ];
}

function rowSecurityFindings(facts: ServerFacts): Finding[] {
  if (facts.row_security === 'on') return [];
  return [
    {
      code: 'ROW_SECURITY_OFF',
      severity: 'error',
      title: 'row_security is off for this login, database or server',
      detail:
        'Every statement on a table with policies fails, or is not filtered where the login is privileged.',
      remedy: 'reset row_security where it is set: alter role, alter database or postgresql.conf',
    },
  ];
}
