import { z } from 'zod';
import { parseDecimal } from './fraction.ts';

const digits = z
  .string()
  .max(80)
  .regex(/^-?\d+(?:\.\d+)?$/, 'must be a decimal in a string, such as "0.5"');

/** A decimal in a string, read exactly: a number of JavaScript has been rounded before anybody could look at it. */
export const Decimal = digits.transform(parseDecimal);

export const PositiveDecimal = digits
  .refine((text) => /^(?!-)(?=.*[1-9])/.test(text), 'must be above 0')
  .transform(parseDecimal);

export const NonNegativeDecimal = digits
  .refine((text) => !text.startsWith('-'), 'must be 0 or more')
  .transform(parseDecimal);

/** A delta: above 0 and below 1. */
export const Probability = digits
  .refine((text) => /^0*\.(?=.*[1-9])/.test(text.replace(/^0+/, '0')), 'must be above 0 and below 1')
  .transform(parseDecimal);
