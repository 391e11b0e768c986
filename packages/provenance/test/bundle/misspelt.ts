import { formatBundle } from '../../src/bundle/format-bundle.ts';
import { honest } from './honest-bundle.ts';

const text = formatBundle(honest);

/** The text with the first of something replaced, which must be there. */
function put(part: string | RegExp, replacement: string): string {
  const changed = text.replace(part, () => replacement);
  if (changed === text) throw new RangeError('There is nothing to replace.');
  return changed;
}

/** What is wrong with the text of a bundle, the text, and where it stops being one. */
export const misspelt: readonly (readonly [what: string, text: string | Uint8Array, place: string])[] = [
  ['nothing', '', ''],
  ['another document', '{}', ''],
  ['another version', put('bundle.v1', 'bundle.v2'), 'bundle'],
  ['white space', put(',"checkpoint"', ', "checkpoint"'), ''],
  ['a newline at the end', `${text}\n`, ''],
  ['a byte-order mark', `\ufeff${text}`, ''],
  ['bytes that are no text', Uint8Array.of(...Buffer.from(text.slice(0, 200)), 0xff), ''],
  ['a member twice', put('"content":', '"content":"","content":'), 'nodes[0]'],
  ['a member twice, at its end', put(/"tenant_id":"acme"/, '"tenant_id":"acme","tenant_id":"acme"'), ''],
  [
    'members in another order',
    put(
      /("created_at":"\d+"),("description":|"entity_id":"[^"]+")/,
      '"entity_id":"ENTITY-1","created_at":"1"',
    ),
    'nodes[0]',
  ],
  ['a member that is not known', put('"description"', '"describes":"","description"'), 'nodes[4]'],
  ['a null', put(/"spec_hash":"[^"]*"/, '"spec_hash":null'), 'nodes[3].spec_hash'],
  ['an escape that is not needed', put('"entity_type":"s', '"entity_type":"\\u0073'), 'nodes[0].entity_type'],
  ['an escape in capitals', put('"entity_type":"spec', '"entity_type":"\\u001F'), 'nodes[0].entity_type'],
  ['a lone surrogate', put('"entity_type":"spec', '"entity_type":"\ud800'), 'nodes[0].entity_type'],
  [
    'a lone surrogate as an escape',
    put('"entity_type":"spec', '"entity_type":"\\ud800'),
    'nodes[0].entity_type',
  ],
  ['a raw newline', put('"entity_type":"spec', '"entity_type":"\n'), 'nodes[0].entity_type'],
  [
    'a string without its end',
    text.slice(0, text.indexOf('"entity_type":"spec') + 18),
    'nodes[0].entity_type',
  ],
  ['a fraction', put('"seq":1,', '"seq":1.0,'), 'nodes[0]'],
  ['an exponent', put('"seq":1,', '"seq":1e0,'), 'nodes[0]'],
  ['a leading zero', put('"seq":1,', '"seq":01,'), 'nodes[0]'],
  ['minus zero', put('"seq":1,', '"seq":-0,'), 'nodes[0].seq'],
  ['2^53', put('"seq":1,', '"seq":9007199254740992,'), 'nodes[0].seq'],
  ['more digits than a number has', put('"seq":1,', `"seq":${'9'.repeat(400)},`), 'nodes[0].seq'],
  ['a number as text', put('"seq":1,', '"seq":"1",'), 'nodes[0].seq'],
  ['a time with a leading zero', put('"created_at":"', '"created_at":"0'), 'nodes[0].created_at'],
  [
    'a time with more digits than there are',
    put('"created_at":"', `"created_at":"${'9'.repeat(10)}`),
    'nodes[0].created_at',
  ],
  [
    'base64 without padding',
    put(/"inclusion_proof":\["[^"]+="/, '"inclusion_proof":["AAA"'),
    'nodes[0].inclusion_proof[0]',
  ],
  [
    'a proof of a million hashes',
    put('"inclusion_proof":[', `"inclusion_proof":[${'"AAAA",'.repeat(1e6)}`),
    'nodes[0].inclusion_proof',
  ],
  [
    'a list of 65,537',
    put('"parents":[]', `"parents":[${'{"hash":"","id":""},'.repeat(65_536)}{"hash":"","id":""}]`),
    'nodes[0].parents',
  ],
  [
    'a list in lists, 10,000 deep',
    put('"constitutional_refs":[', `"constitutional_refs":[${'['.repeat(10_000)}`),
    'nodes[0].constitutional_refs[0]',
  ],
  ['objects in objects', '{"bundle":'.repeat(10_000), 'bundle'],
  ['a comma too many', put('"parents":[]', '"parents":[,]'), 'nodes[0].parents[0]'],
];
