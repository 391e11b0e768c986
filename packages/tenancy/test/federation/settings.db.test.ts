import { describe, expect, it } from 'vitest';
import { createFederatedSession, getFederatedSession } from '../../src/federation/sessions.ts';
import { useFederation, type Settings } from './support/federation.ts';

const { app, newTenants, as, sqlAs } = useFederation();

const BASE: Settings = { privacyLevel: 'differential', lower: 0, upper: 1, resolution: 0.001, epsilon: 0.5 };
const SECURE: Settings = { privacyLevel: 'secure', lower: 0, upper: 100, resolution: 1, epsilon: null };

const STORED = {
  ...{ privacy_level: 'differential', method: 'weighted', topic_keys: ['mean'], lower: 0, upper: 1 },
  ...{ resolution: 0.001, dimensions: 1, epsilon: 0.1, rounds: 1, trim: 0.2, max_participants: 100 },
  insight_days: 1,
};

describe.skipIf(app.database.kind === 'pglite')('createFederatedSession', () => {
  it.each<[string, Settings]>([
    ['a mean', BASE],
    ['a secure sum', SECURE],
    ['a noisy secure sum', { ...SECURE, epsilon: 0.1 }],
    ['small numbers', { ...BASE, upper: 1e-9, resolution: 1e-12 }],
    ['large numbers', { ...BASE, lower: -1e15, upper: 1e15, resolution: 1e12 }],
    [
      'all there is',
      { ...BASE, method: 'hybrid', trim: 0.25, topicKeys: ['a', 'b'], rounds: 5, insightDays: 7 },
    ],
  ])('keeps the settings of %s as they are', async (_, settings) => {
    const [tenant = ''] = await newTenants(1);
    const sessionId = await as(tenant, (tx) => createFederatedSession(tx, { topic: 'Kept', settings }));
    const session = await as(tenant, (tx) => getFederatedSession(tx, { sessionId }));
    expect(session).toMatchObject({ topic: 'Kept', settings, status: 'forming', round: 0, participants: [] });
  });

  it.each<[string, unknown]>([
    ['an empty range', { upper: 0 }],
    ['no resolution', { resolution: 0 }],
    ['a negative resolution', { resolution: -1 }],
    ['a bound that is no number', { lower: NaN }],
    ['an infinite bound', { upper: Infinity }],
    ['more than 15 decimals', { resolution: 1.5e-16 }],
    ['too many steps', { resolution: 1e-11 }],
    ['too many steps of too many dimensions', { resolution: 1e-6, dimensions: 11 }],
    ['no dimensions', { dimensions: 0 }],
    ['10^5 dimensions', { dimensions: 100_000 }],
    ['half a round', { rounds: 0.5 }],
    ['no epsilon', { epsilon: null }],
    ['epsilon 0', { epsilon: 0 }],
    ['an epsilon of more decimals', { epsilon: 0.015 }],
    ['a level below differential', { privacyLevel: 'basic' }],
    ['a method that there is not', { method: 'median' }],
    ['no topic', { topicKeys: [] }],
    ['a topic twice', { topicKeys: ['a', 'a'] }],
    ['nothing but the ends', { trim: 0.5 }],
    ['one participant', { maxParticipants: 1 }],
    ['a field that there is not', { noise: false }],
  ])('refuses %s, here and in the database', async (_, fields) => {
    const [tenant = ''] = await newTenants(1);
    const settings = { ...BASE, ...(fields as object) } as Settings;
    await expect(
      as(tenant, (tx) => createFederatedSession(tx, { topic: 'Refused', settings })),
    ).rejects.toMatchObject({ code: 'INVALID_INPUT' });
    const renamed = Object.fromEntries(
      Object.entries(fields as object).map(([key, value]) => [
        key.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
        value as unknown,
      ]),
    );
    const insert = (stored: unknown) =>
      sqlAs(
        `insert into federated_sessions (tenant_id, topic, settings) values ($1, 'Stored', $2::text::jsonb)`,
        [tenant, JSON.stringify(stored)],
      );
    await insert(STORED);
    await expect(insert({ ...STORED, ...renamed })).rejects.toMatchObject({ code: '23514' });
  });

  it.each(Object.keys(STORED))('does not let the database take them without %s', async (key) => {
    const [tenant = ''] = await newTenants(1);
    const { [key as 'lower']: _, ...rest } = STORED;
    await expect(
      sqlAs(
        `insert into federated_sessions (tenant_id, topic, settings) values ($1, 'Stored', $2::text::jsonb)`,
        [tenant, JSON.stringify(rest)],
      ),
    ).rejects.toMatchObject({ code: '23514' });
  });
});
