import { connect, type SqlSession } from '@agent-agency/testing';
import { describe, expect, it, onTestFinished } from 'vitest';
import { rhoOfBudget } from '../../src/privacy/accounting/composition.ts';
import { useAggregates } from './support/aggregates.ts';
import { configure, newFederatedTenants, type Settings } from './support/federated-tenants.ts';

const stage = useAggregates();

const newTenant = async (settings: Settings = {}): Promise<string> =>
  (await newFederatedTenants(stage.app, crypto.randomUUID(), settings)).join('');

type Charge = readonly [epsilon: unknown, delta: unknown, rho?: unknown];

const CALL = 'select app.charge_privacy_budget($1, $2::numeric, $3::numeric, $4::numeric, $5)';
const valuesOf = (tenant: unknown, [epsilon, delta, rho = null]: Charge, purpose: unknown = 'a test') => [
  tenant,
  epsilon,
  delta,
  rho,
  purpose,
];

/** Charges in a transaction of its own, as a function of the service role does; `undefined`, or why not. */
async function charge(tenant: unknown, of: Charge, purpose?: unknown): Promise<string | undefined> {
  const session = stage.administrator;
  await session.query('begin');
  try {
    await session.query('set local role agent_agency_service');
    await session.query(CALL, valuesOf(tenant, of, purpose));
    await session.query('commit');
    return undefined;
  } catch (error) {
    await session.query('rollback');
    return sqlStateOf(error);
  }
}

const sqlStateOf = (error: unknown): string => {
  if (error instanceof Error && 'code' in error) return String(error.code);
  throw error;
};

describe('app.charge_privacy_budget', () => {
  it('spends to the last digit and no further, each charge for itself', async () => {
    const tenant = await newTenant({ epsilon: 1, delta: 0.00001 });
    expect(await charge(tenant, ['0.4', '0.000004'])).toBeUndefined();
    expect(await charge(tenant, ['0.6000000000000000000000001', '0'])).toBe('AAPBX');
    expect(await charge(tenant, ['0.1', '0.0000060000000000000000001'])).toBe('AAPBX');
    expect(await charge(tenant, ['0.6', '0.000006'])).toBeUndefined();
    expect(await charge(tenant, ['0.0000000001', '0'])).toBe('AAPBX');
    await expect(stage.ledgerOf(tenant)).resolves.toEqual([
      { entry: 1, epsilon: '0.4', delta: '0.000004', rho: null, purpose: 'a test', spender: null },
      { entry: 2, epsilon: '0.6', delta: '0.000006', rho: null, purpose: 'a test', spender: null },
    ]);
  });

  it('spends rho to the last digit and no further', async () => {
    const tenant = await newTenant({ epsilon: 1, delta: 0.00001, composition: 'zcdp' });
    const room = BigInt(rhoOfBudget({ epsilon: '1', delta: '0.00001' }).slice(2).padEnd(30, '0'));
    const decimal = (units: bigint): string => `0.${units.toString().padStart(30, '0')}`;
    // 200 charges of 0.01 would be 2 by adding up epsilons, and are 0.01 by rho.
    for (let time = 0; time < 200; time += 1) expect(await charge(tenant, ['0.01', '0'])).toBeUndefined();
    const left = room - 10n ** 28n;
    expect(await charge(tenant, ['1', '0.00001', decimal(left + 10n)])).toBe('AAPBX');
    expect(await charge(tenant, ['1', '0.00001', decimal(left - 10n)])).toBeUndefined();
    expect(await charge(tenant, ['0.0001', '0'])).toBe('AAPBX');
  });

  it('adds no rho to what has none', async () => {
    const tenant = await newTenant({ epsilon: 9 });
    expect(await charge(tenant, ['0.1', '0.000001'])).toBeUndefined();
    await configure(stage.administrator, tenant, { epsilon: 9, composition: 'zcdp' });
    expect(await charge(tenant, ['0.1', '0'])).toBe('AAPBX');
    const other = await newTenant({ epsilon: 9, composition: 'zcdp' });
    expect(await charge(other, ['0.1', '0.000001'])).toBe('AAPBX');
  });

  it('has no room for rho in a delta of 0, which allows pure differential privacy only', async () => {
    const tenant = await newTenant({ epsilon: 9, delta: 0, composition: 'zcdp' });
    expect(await charge(tenant, ['0.1', '0'])).toBe('AAPBX');
    await configure(stage.administrator, tenant, { epsilon: 9, delta: 0 });
    expect(await charge(tenant, ['0.1', '0.00000001'])).toBe('AAPBX');
    expect(await charge(tenant, ['0.1', '0'])).toBeUndefined();
  });

  it.each<[string, Charge]>([
    ['less rho than pure differential privacy has', ['1', '0', '0.49']],
    ['less epsilon than the rho implies', ['0.99', '0.00001', '0.0208199383395']],
  ])('refuses a claim of %s', async (_, of) => {
    for (const composition of ['basic', 'zcdp'] as const)
      expect(await charge(await newTenant({ composition }), of)).toBe('AAPBX');
  });

  it.each<[string, Charge]>([
    ['no epsilon', [null, '0']],
    ['no delta', ['0.1', null]],
    ['an epsilon of 0', ['0', '0']],
    ['a negative epsilon', ['-1', '0']],
    ['an epsilon that is no number', ['NaN', '0']],
    ['an infinite epsilon', ['Infinity', '0']],
    ['a negative delta', ['0.1', '-0.1']],
    ['a delta of 1', ['0.1', '1']],
    ['a delta that is no number', ['0.1', 'NaN']],
    ['a rho of 0', ['0.1', '0.000001', '0']],
    ['a negative rho', ['0.1', '0.000001', '-1']],
    ['a rho that is no number', ['0.1', '0.000001', 'NaN']],
    ['an infinite rho', ['0.1', '0.000001', 'Infinity']],
  ])('refuses %s', async (_, of) => {
    for (const composition of ['basic', 'zcdp'] as const) {
      const tenant = await newTenant({ composition });
      expect(await charge(tenant, of)).toBe('AAPBX');
      await expect(stage.ledgerOf(tenant)).resolves.toEqual([]);
    }
  });

  it('refuses whoever has no budget: unknown, without settings, suspended', async () => {
    expect(await charge('nobody', ['0.1', '0'])).toBe('AAPBX');
    expect(await charge(null, ['0.1', '0'])).toBe('AAPBX');
    const [bare, suspended] = [await newTenant(), await newTenant()];
    await stage.rowsOf('delete from tenant_privacy_config where tenant_id = $1', bare);
    expect(await charge(bare, ['0.1', '0'])).toBe('AAPBX');
    await stage.rowsOf('select app.suspend_tenant($1)', suspended);
    expect(await charge(suspended, ['0.1', '0'])).toBe('AAPBX');
  });

  it.each([null, ''])('refuses the purpose %j', async (purpose) => {
    expect(await charge(await newTenant(), ['0.1', '0'], purpose)).toBe('AAPBX');
  });

  it('says neither whose budget it was, nor how much is left of it', async () => {
    const tenant = await newTenant({ epsilon: 0.3 });
    const refused = stage.administrator.query(CALL, valuesOf(tenant, ['0.7', '0']));
    const unknown = stage.administrator.query(CALL, valuesOf('nobody', ['0.7', '0']));
    const texts = await Promise.all(
      [refused, unknown].map((it) =>
        it.then(
          () => 'charged',
          (error: unknown) => JSON.stringify({ message: String(error), ...(error as object) }),
        ),
      ),
    );
    expect(texts[0]).toContain('AAPBX');
    expect(texts[0]).toBe(texts[1]);
  });
});

describe('concurrent spenders', () => {
  const open = async (): Promise<SqlSession> => {
    const session = await connect(stage.app.database.url);
    onTestFinished(() => session.close());
    return session;
  };

  it('never spend more than there is', async () => {
    const tenant = await newTenant({ epsilon: 1 });
    const sessions = await Promise.all(Array.from({ length: 8 }, open));
    const outcomes = await Promise.all(
      sessions.flatMap((session) =>
        Array.from({ length: 5 }, () =>
          session.query(CALL, valuesOf(tenant, ['0.1', '0'])).then(() => 'charged', sqlStateOf),
        ),
      ),
    );
    expect(outcomes.filter((outcome) => outcome === 'charged')).toHaveLength(10);
    expect(outcomes.filter((outcome) => outcome === 'AAPBX')).toHaveLength(30);
    const ledger = await stage.ledgerOf(tenant);
    expect(ledger.map(({ entry }) => entry)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
  });

  it.each([
    ['rollback', '0.9', 1],
    ['commit', '0.5', 2],
  ])(
    'wait for the one who was first, and after its %s get what there is left',
    async (end, epsilon, charges) => {
      const tenant = await newTenant({ epsilon: 1 });
      const [first, second] = [await open(), await open()];
      await first.query('begin');
      await first.query(CALL, valuesOf(tenant, [epsilon, '0']));
      const waiting = second.query(CALL, valuesOf(tenant, [epsilon, '0'])).then(() => 'charged', sqlStateOf);
      await stage.untilWaiting();
      await first.query(end);
      await expect(waiting).resolves.toBe('charged');
      await expect(stage.ledgerOf(tenant)).resolves.toHaveLength(charges);
    },
  );

  it.each(['repeatable read', 'serializable'])(
    'whose snapshot is older than a charge give way, at %s',
    async (level) => {
      const tenant = await newTenant({ epsilon: 1 });
      const session = await open();
      await session.query(`begin isolation level ${level}`);
      await session.query('select 1 from tenants limit 1');
      expect(await charge(tenant, ['0.6', '0'])).toBeUndefined();
      await expect(session.query(CALL, valuesOf(tenant, ['0.4', '0']))).rejects.toMatchObject({
        code: '40001',
      });
      await session.query('rollback');
      await expect(stage.ledgerOf(tenant)).resolves.toHaveLength(1);
    },
  );
});
