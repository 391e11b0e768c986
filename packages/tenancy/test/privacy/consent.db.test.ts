import { beforeAll, describe, expect, it } from 'vitest';
import { useAggregates } from './support/aggregates.ts';
import { configure, newFederatedTenants, type Settings } from './support/federated-tenants.ts';

const stage = useAggregates();
let [acme, globex] = ['', ''];

beforeAll(async () => {
  [acme = ''] = await newFederatedTenants(stage.app, 'east', {});
  [globex = ''] = await newFederatedTenants(stage.app, 'west', {});
});

const consent = async (one: string | null, other: string | null): Promise<unknown> =>
  (await stage.rowsOf('select app.tenants_consent($1, $2) as consent', one, other))[0]?.['consent'];

describe('app.tenants_consent', () => {
  it.each<[string, Settings, Settings, boolean]>([
    ['both name the other’s project', {}, {}, true],
    ['one is shared', { isolation: 'shared' }, {}, false],
    ['the other is strict', {}, { isolation: 'strict' }, false],
    ['one does not learn', { learns: false }, {}, false],
    ['the other does not learn', {}, { learns: false }, false],
    ['one names nobody', { groups: [] }, {}, false],
    ['the other names its own project only', {}, { groups: ['west'] }, false],
  ])('where %s', async (_, one, other, expected) => {
    await configure(stage.administrator, acme, { groups: ['west', 'east'], ...one });
    await configure(stage.administrator, globex, { groups: ['east'], ...other });
    await expect(consent(acme, globex)).resolves.toBe(expected);
    await expect(consent(globex, acme)).resolves.toBe(expected);
  });

  it('is nobody’s who is suspended', async () => {
    await configure(stage.administrator, acme, { groups: ['west'] });
    await configure(stage.administrator, globex, { groups: ['east'] });
    await expect(consent(acme, globex)).resolves.toBe(true);
    await stage.rowsOf('select app.suspend_tenant($1)', globex);
    await expect(consent(acme, globex)).resolves.toBe(false);
    await expect(consent(globex, acme)).resolves.toBe(false);
    await stage.rowsOf('select app.resume_tenant($1)', globex);
  });

  it('is not that of a tenant that does not exist', async () => {
    await expect(consent(acme, 'nobody')).resolves.toBe(false);
    await expect(consent(null, acme)).resolves.toBe(false);
    await expect(consent(acme, null)).resolves.toBe(false);
  });
});
