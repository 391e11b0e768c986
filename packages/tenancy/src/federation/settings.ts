import { z } from 'zod';

const TopicKey = z
  .string()
  .min(1)
  .max(500)
  .regex(/^[^\p{Cc}\p{Cs}]*$/u, 'must not contain control characters or unpaired surrogates');

/** A number that PostgreSQL reads exactly as JavaScript prints it, with up to 15 decimals. */
const Bound = z
  .number()
  .min(-1e15)
  .max(1e15)
  .refine((value) => decimalsOf(value) <= 15, 'must not have more than 15 decimals');

const Epsilon = z
  .number()
  .min(0.01)
  .max(100)
  .refine((value) => decimalsOf(value) <= 2, 'must not have more than two decimals');

const common = {
  /** What there are results about, one each a round. Fixed beforehand: a key that a tenant made up could tell something. */
  topicKeys: z
    .array(TopicKey)
    .min(1)
    .max(20)
    .refine((keys) => new Set(keys).size === keys.length, 'must not name one twice')
    .default(['mean']),
  /** The range of every value. Narrower is better: noise is in proportion to it. */
  lower: Bound,
  upper: Bound,
  /** Distance between two values that are told apart. */
  resolution: Bound.positive(),
  /** Numbers that a contribution to a topic consists of. Noise is in proportion to them, too. */
  dimensions: z.int().min(1).max(1000).default(1),
  rounds: z.int().min(1).max(1000).default(1),
  maxParticipants: z.int().min(2).max(200).default(100),
  /** Days after which a result can no longer be read; null: never. */
  insightDays: z.int().min(1).max(36_500).nullable().default(null),
};

const Differential = z.strictObject({
  privacyLevel: z.literal('differential'),
  /** See `aggregateFederatedRound`. */
  method: z.enum(['weighted', 'consensus', 'hybrid']).default('weighted'),
  /** What a topic costs each contributor, every round. */
  epsilon: Epsilon,
  /** For `consensus` and `hybrid`: the share of values that is cut off at each end. */
  trim: z
    .number()
    .min(0)
    .max(0.49)
    .refine((value) => decimalsOf(value) <= 15, 'must not have more than 15 decimals')
    .default(0.2),
  ...common,
});

const Secure = z.strictObject({
  privacyLevel: z.literal('secure'),
  /** Noise that every party adds for itself, and pays for; null: the exact total is released. */
  epsilon: Epsilon.nullable(),
  ...common,
});

/** The most steps that a range has. */
const MAX_STEPS = 1e9;
/** Noise comes from whole numbers below 2^48, and its scale is in proportion to both. */
const MAX_NOISY_STEPS = 1e7;

/** What a session asks of its participants and how it protects them. It never changes. */
export const FederatedSettings = z
  .discriminatedUnion('privacyLevel', [Differential, Secure])
  .superRefine((settings, context) => {
    const { lower, upper, resolution, dimensions, privacyLevel } = settings;
    const steps = (upper - lower) / resolution;
    const refuse = (path: string, message: string): void =>
      context.addIssue({ code: 'custom', path: [path], message });
    if (upper <= lower) refuse('upper', 'must be above lower');
    if (steps > MAX_STEPS)
      refuse('resolution', `must not divide the range into more than ${MAX_STEPS} steps`);
    if (privacyLevel === 'differential' && steps * dimensions > MAX_NOISY_STEPS)
      refuse('resolution', `must not make more than ${MAX_NOISY_STEPS} steps times dimensions`);
  });
export type FederatedSettings = z.output<typeof FederatedSettings>;

/** The settings as the database keeps them. */
export function toStoredSettings(settings: FederatedSettings): string {
  return JSON.stringify({
    privacy_level: settings.privacyLevel,
    method: settings.privacyLevel === 'secure' ? 'sum' : settings.method,
    topic_keys: settings.topicKeys,
    lower: settings.lower,
    upper: settings.upper,
    resolution: settings.resolution,
    dimensions: settings.dimensions,
    epsilon: settings.epsilon,
    rounds: settings.rounds,
    trim: settings.privacyLevel === 'secure' ? 0 : settings.trim,
    max_participants: settings.maxParticipants,
    insight_days: settings.insightDays,
  });
}

/** The reverse of {@link toStoredSettings}; the database has checked them. */
export function fromStoredSettings(stored: Readonly<Record<string, unknown>>): FederatedSettings {
  const isSecure = stored['privacy_level'] === 'secure';
  return FederatedSettings.parse({
    privacyLevel: stored['privacy_level'],
    topicKeys: stored['topic_keys'],
    lower: stored['lower'],
    upper: stored['upper'],
    resolution: stored['resolution'],
    dimensions: stored['dimensions'],
    epsilon: stored['epsilon'],
    rounds: stored['rounds'],
    maxParticipants: stored['max_participants'],
    insightDays: stored['insight_days'],
    ...(isSecure ? {} : { method: stored['method'], trim: stored['trim'] }),
  });
}

function decimalsOf(value: number): number {
  const [mantissa = '', exponent = '0'] = String(value).split('e');
  const decimals = mantissa.split('.')[1]?.length ?? 0;
  return Math.max(0, decimals - Number(exponent));
}
