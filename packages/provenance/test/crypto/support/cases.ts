import { forge, type Forgery, fieldPrime, groupOrder, littleEndian, type Signed } from './curve.ts';
import { published } from './published-cases.ts';

/** Whether a signature holds, or the key is refused already. */
export type Answer = boolean | 'KEY_INVALID';

export interface Case extends Signed {
  readonly name: string;
  readonly answer: Answer;
}

const secret = 0x1d7f5a1b3c5e79n * 2n ** 190n + 12345n;
const nonce = 0x3a9c2e8d1f6b57n * 2n ** 180n + 67890n;
const eighths = [0, 1, 2, 3, 4, 5, 6, 7];

/** Key and R with a part of small order: holds exactly when the equation without cofactor does. */
const torsioned = eighths.flatMap((keyTorsion) =>
  eighths.flatMap((nonceTorsion) =>
    [true, false].flatMap((holds) =>
      forged(
        { secret, keyTorsion, nonce, nonceTorsion, holds },
        {
          name: `A + ${keyTorsion}T, R + ${nonceTorsion}T, ${holds ? 'equal' : 'equal times 8 only'}`,
          answer: holds,
        },
      ),
    ),
  ),
);

/** An R of small order, which some libraries take and some do not; the equation holds. */
const smallNonce = eighths.flatMap((nonceTorsion) =>
  forged(
    { secret, keyTorsion: 1, nonce: 0n, nonceTorsion, holds: true },
    { name: `R = ${nonceTorsion}T`, answer: false },
  ),
);

const [honest] = torsioned;
if (honest === undefined) throw new RangeError('The honest signature comes first.');

/** S + nL for S, as long as it fits. */
const unreducedScalars = Array.from({ length: 15 }, (_, index) => {
  const signature = Uint8Array.from(honest.signature);
  const s = BigInt(`0x${Buffer.from(signature.subarray(32)).reverse().toString('hex')}`);
  signature.set(littleEndian(s + BigInt(index + 1) * groupOrder), 32);
  return { ...honest, name: `S + ${index + 1}L`, signature, answer: false };
});

const lengths = [0, 1, 31, 32, 63, 65, 128].map((length) => {
  const signature = new Uint8Array(length);
  signature.set(honest.signature.subarray(0, length));
  return { ...honest, name: `a signature of ${length} bytes`, signature, answer: false };
});

/** y from p to 2²⁵⁵ − 1, with either sign of x. */
const unreducedKeys = Array.from({ length: 19 }, (_, index) =>
  [0n, 2n ** 255n].map((sign): Case => {
    const publicKey = littleEndian(fieldPrime + BigInt(index) + sign);
    return { ...honest, name: `y = p + ${index}, sign ${sign > 0n}`, publicKey, answer: 'KEY_INVALID' };
  }),
).flat();

/** y = 2 is the coordinate of no point. */
const noPoint: Case = {
  ...honest,
  name: 'a key that is no point',
  publicKey: littleEndian(2n),
  answer: false,
};

/** Every case in which libraries are known to differ, and what FORMAT.md wants of each. */
export const cases: readonly Case[] = [
  ...published,
  ...torsioned,
  ...smallNonce,
  ...unreducedScalars,
  ...lengths,
  ...unreducedKeys,
  noPoint,
];

function forged(forgery: Forgery, { name, answer }: Pick<Case, 'name' | 'answer'>): Case[] {
  const signed = forge(forgery);
  return signed === undefined ? [] : [{ ...signed, name, answer }];
}
