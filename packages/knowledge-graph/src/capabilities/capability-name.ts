import { Text } from '../column-values.ts';
import { canonicalName } from './canonical-name.ts';

const MAX_NAME_LENGTH = 500;

/** A name of a capability, as people write it. */
export const CapabilityName = Text.max(MAX_NAME_LENGTH).superRefine((name, context) => {
  const { length } = canonicalName(name);
  if (length === 0) context.addIssue({ code: 'custom', message: 'must not be blank' });
  // NFKC makes up to 18 letters of one.
  if (length > MAX_NAME_LENGTH)
    context.addIssue({ code: 'custom', message: 'is too long in canonical form' });
});
