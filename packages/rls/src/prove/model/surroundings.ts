/** What roles may do to the database and its schemas, and what they are besides themselves. */
export function ownRights(): Map<string, Readonly<Record<string, readonly string[]>>> {
  return new Map([
    [
      'schema public',
      {
        PUBLIC: ['usage'],
        owner: ['create', 'usage'],
        service: ['create', 'usage'],
        maintenance: ['usage'],
        app: ['usage'],
        readonly: ['usage'],
      },
    ],
    [
      'schema app',
      { service: ['create', 'usage'], maintenance: ['usage'], app: ['usage'], readonly: ['usage'] },
    ],
    ['roles', { owner: ['is agent_agency_service', 'is agent_agency_maintenance'] }],
  ]);
}
