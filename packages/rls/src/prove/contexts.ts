import { createHmac } from 'node:crypto';
import { signedSettings, type Settings, type Signable } from './signature.ts';
import type { World } from './world/make-world.ts';
import { TENANTS, type Participant } from './world/tenants.ts';

/** A way of asking: with which context, for whose rows. */
export interface Context {
  readonly name: string;
  readonly what: string;
  /** Whether the database has to accept the context; `suspended`: it knows it, and refuses. */
  readonly acceptance: 'accepted' | 'unknown' | 'suspended';
  /** Whether it says that it reads what is shared. */
  readonly asksShared: boolean;
  /** Whose rows are asked for. Reading, changing and deleting name no tenant unless `isNamed`: they have to be held back. */
  readonly target: Participant;
  readonly isNamed: boolean;
  readonly settings: (world: World) => Settings;
}

const ACCEPTED = { acceptance: 'accepted', asksShared: false } as const;

const genuine =
  (changes: (world: World) => Partial<Signable> = () => ({})) =>
  (world: World): Settings =>
    signedSettings({
      ...{ tenant: TENANTS.own, user: '', session: '', keyId: world.keys.live, secret: world.secret },
      expiresAt: world.now + 300,
      ...changes(world),
    });

/** The same settings with others in their place. */
const altered =
  (changes: (genuine: Settings) => Settings, of = genuine()) =>
  (world: World): Settings => {
    const settings = of(world);
    return { ...settings, ...changes(settings) };
  };

const signature = (change: (text: string) => string) => (settings: Settings) => ({
  'app.context_signature': change(settings['app.context_signature'] ?? ''),
});

/** A context that the database accepts, which asks for somebody else's rows. */
const asking = (name: string, target: Participant, what: string): Context => ({
  ...{ ...ACCEPTED, name, what, target, isNamed: true },
  settings: genuine(),
});

/** A context that looks like the asking tenant's. */
const counterfeit = (name: string, what: string, settings: (world: World) => Settings): Context => ({
  ...{ name, what, settings, acceptance: 'unknown', asksShared: false, target: 'own', isNamed: false },
});

/** What the application and the reading login ask with. */
export const CONTEXTS: readonly Context[] = [
  {
    ...{ ...ACCEPTED, name: 'own', target: 'own', isNamed: false },
    what: 'a signed context, own rows; reading and changing name no tenant',
    settings: genuine(),
  },
  asking('other', 'other', "another tenant's rows, by name"),
  {
    ...{ ...ACCEPTED, name: 'shared', target: 'sharing', isNamed: false, asksShared: true },
    what: 'asks for what is shared, after the owners’ logs say so; names no tenant',
    settings: genuine(),
  },
  asking('shared, not asked for', 'sharing', 'the same rows by name, without app.shared_access'),
  {
    ...asking('shared, not logged', 'unlogged', 'rows by name of an owner whose log says nothing'),
    asksShared: true,
  },
  {
    ...asking('shared, expired', 'expired', 'rows by name of an owner whose rule has expired'),
    asksShared: true,
  },
  {
    ...asking('federated', 'federated', 'rows by name of a tenant that one learns with, by consent'),
    asksShared: true,
  },
  counterfeit('none', 'no context at all', () => ({})),
  counterfeit('emptied', 'parameters that were set and are empty', () => ({
    ...{
      'app.current_tenant': '',
      'app.current_user': '',
      'app.current_session': '',
      'app.context_signature': '',
    },
  })),
  counterfeit('unsigned', 'a tenant, no signature', () => ({ 'app.current_tenant': TENANTS.own })),
  counterfeit(
    'forged',
    'signed with a key that somebody made up, under the name of the live one',
    genuine(() => ({ secret: Buffer.alloc(32, 1) })),
  ),
  counterfeit(
    'unknown key',
    'signed with the right secret, under a name that no key has',
    genuine(() => ({ keyId: 'proof-nobody' })),
  ),
  counterfeit(
    'truncated',
    'a signature without its last digit',
    altered(signature((text) => text.slice(0, -1))),
  ),
  counterfeit(
    'cut off',
    'a signature of its first half',
    altered(signature((text) => text.split('.').slice(0, 2).join('.'))),
  ),
  counterfeit(
    're-ordered',
    'user and session have changed places',
    altered(
      () => ({ 'app.current_user': 'session', 'app.current_session': 'user' }),
      genuine(() => ({ user: 'user', session: 'session' })),
    ),
  ),
  counterfeit(
    'shifted',
    'signed for a tenant and a user whose names together are the tenant’s',
    altered(
      () => ({ 'app.current_tenant': TENANTS.own, 'app.current_user': '' }),
      genuine(() => ({ tenant: TENANTS.own.slice(0, 5), user: TENANTS.own.slice(5) })),
    ),
  ),
  counterfeit('unframed', 'signed over the fields one after the other, without their lengths', (world) => {
    const expiry = String(world.now + 300);
    const { live } = world.keys;
    const mac = createHmac('sha256', world.secret)
      .update(`agent-agency.context.v1${live}${TENANTS.own}${expiry}`)
      .digest('hex');
    return { 'app.current_tenant': TENANTS.own, 'app.context_signature': `${live}.${expiry}.${mac}` };
  }),
  counterfeit(
    'transplanted',
    'another tenant’s signature',
    altered(
      () => ({ 'app.current_tenant': TENANTS.own }),
      genuine(() => ({ tenant: TENANTS.other })),
    ),
  ),
  counterfeit(
    'expired',
    'ended when the transaction began',
    genuine(({ now }) => ({ expiresAt: now })),
  ),
  counterfeit('prolonged', 'an expired context with a later expiry written over it', (world) => {
    const settings = genuine(({ now }) => ({ expiresAt: now - 1 }))(world);
    const [key = '', , mac = ''] = (settings['app.context_signature'] ?? '').split('.');
    return { ...settings, 'app.context_signature': `${key}.${String(world.now + 300)}.${mac}` };
  }),
  counterfeit(
    'retired key',
    'signed with a key that was retired',
    genuine(({ keys }) => ({ keyId: keys.retired })),
  ),
  {
    ...{ name: 'suspended', acceptance: 'suspended', asksShared: false, target: 'suspended', isNamed: false },
    what: 'signed for a tenant that is suspended',
    settings: genuine(() => ({ tenant: TENANTS.suspended })),
  },
];
