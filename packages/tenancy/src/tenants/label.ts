import { z } from 'zod';

/** What PostgreSQL stores unchanged and a terminal shows: no control characters, no half of a surrogate pair. */
export const Label = z
  .string()
  .min(1)
  .max(255)
  .regex(/^[^\p{Cc}\p{Cs}]*$/u, 'must not contain control characters or unpaired surrogates');
