import { seededSigner, testSigner } from '../fixtures/chain.ts';

/** RFC 8032 section 7.1, TEST 2. */
export const secondSigner = seededSigner(
  Buffer.from('4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb', 'hex'),
);

const [a, b] = [testSigner, secondSigner];
const inToto = 'application/vnd.in-toto+json';
const body = 'eyJfdHlwZSI6Imh0dHBzOi8vaW4tdG90by5pby9TdGF0ZW1lbnQvdjEifQ==';
const byA = '2WAfaHm5jluo0w+0rk8uVkluELJYWjSmU9x7EUzx+AyteDGJ4/nqyJXfmAUVFIAoQafWm7AxBZNw5M9ixNHiCA==';
const byB = 'c1+67/aT0yqEpwx8PsVY3MLHsj9D0CZ014/Fv/QlG59P+9CobUZ7xECJ/V3USG0Ob9CiE5LjReEZUzNF2l7eBw==';

/** An envelope, and whether a verifier that asks for `payloadType` believes it. */
export interface DsseVector {
  readonly name: string;
  readonly envelope: {
    readonly payloadType: string;
    readonly payload: string;
    readonly signatures: readonly { readonly sig: string; readonly keyid?: string }[];
  };
  readonly payloadType: string;
  readonly keys: readonly (typeof a)[];
  readonly threshold: number;
  readonly accepted: boolean;
}

const plain: DsseVector = {
  name: 'one signature',
  envelope: { payloadType: inToto, payload: body, signatures: [{ sig: byA, keyid: 'A' }] },
  payloadType: inToto,
  keys: [a],
  threshold: 1,
  accepted: true,
};

const both = [
  { sig: byA, keyid: 'A' },
  { sig: byB, keyid: 'B' },
];

/** secure-systems-lab/dsse, testvectors/vectors.json, at commit 82043ad; its keys are those of RFC 8032. */
export const dsseVectors: readonly DsseVector[] = [
  plain,
  {
    ...plain,
    name: 'the URL-safe alphabet',
    envelope: {
      payloadType: inToto,
      payload: '-_-_Pj8=',
      signatures: [
        {
          sig: 'P-_KHICeR7tI6S_YyejJTRtrXhcQyQ2LYPaL8h90KjC9qN8HU_svOQ6TuDOT1HIrsGW886DbWNWcCmX5twLrAw==',
          keyid: 'A',
        },
      ],
    },
  },
  {
    ...plain,
    name: 'a payload type that was swapped',
    envelope: { ...plain.envelope, payloadType: 'application/vnd.example.other+json' },
    payloadType: 'application/vnd.example.other+json',
    accepted: false,
  },
  {
    ...plain,
    name: 'a payload type outside ASCII, measured in bytes',
    envelope: {
      payloadType: 'application/vnd.exämple+json',
      payload: body,
      signatures: [
        { sig: 'xmSk/ug66ysT7ayhkCIjhAq42zgZXSsEWuzUaNL7w2eGAdF/NU6/fRXPtmfN+5DNSAs5/i2lUnHjbbjPsu0tAw==' },
      ],
    },
    payloadType: 'application/vnd.exämple+json',
  },
  {
    ...plain,
    name: 'an empty payload',
    envelope: {
      payloadType: inToto,
      payload: '',
      signatures: [
        { sig: 'gSggCAaTLTYyRH6FIDBem6meyIynsYy8RTHVzwx9tnTb7Bg/1jMWnuVgI/gffqmbsC2VX5/jHfkkDqsj7CDbDg==' },
      ],
    },
  },
  {
    ...plain,
    name: 'an empty payload type, which nobody asks for',
    envelope: {
      payloadType: '',
      payload: body,
      signatures: [
        { sig: 'iC3q/+3Rm0+lpAJRueDmDh15PnwCfxKmS0NAfKsbv+zgulXQC/WM9trc+j1XEqlwDIg/vf/uNfebeD6sxInrDg==' },
      ],
    },
    accepted: false,
  },
  {
    ...plain,
    name: 'two keys of two',
    envelope: { ...plain.envelope, signatures: both },
    keys: [a, b],
    threshold: 2,
  },
  {
    ...plain,
    name: 'one key twice',
    envelope: { ...plain.envelope, signatures: [...plain.envelope.signatures, ...plain.envelope.signatures] },
    keys: [a, b],
    threshold: 2,
    accepted: false,
  },
  {
    ...plain,
    name: 'two keys that are not named',
    envelope: { ...plain.envelope, signatures: both.map(({ sig }) => ({ sig })) },
    keys: [a, b],
    threshold: 2,
  },
];
