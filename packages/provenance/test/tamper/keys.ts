import { sql } from 'kysely';
import { admitKey, appendNodes, revokeKey } from '../../src/index.ts';
import { force, type Tampering } from './tampering.ts';
import { bulk, later, laterKey, rootKey, sizes, strangeKey, subject } from './world.ts';

const next = sizes[1] + 1;
const node = (seq = next) => bulk(seq, seq, 'acme');
const acme = 'acme';

const statement = (content: Awaited<ReturnType<typeof admitKey>>) =>
  node().map((one) => ({ ...one, entityType: 'key' as const, content }));

export const wrongKeys: readonly Tampering[] = [
  {
    what: 'a node signed by a key that nobody trusts',
    tamper: (tx) => appendNodes(tx, node(), strangeKey),
    at: [next],
  },
  {
    what: 'a node signed by a key that was replaced',
    tamper: (tx) => appendNodes(tx, node(), rootKey),
    at: [next],
  },
  {
    what: 'a node signed by a key after it was revoked',
    tamper: async (tx) => {
      const content = await revokeKey({
        ...{ tenantId: acme, keyId: laterKey.keyId, fromSeq: next, reason: 'stolen' },
        authorities: [laterKey],
      });
      await appendNodes(tx, statement(content), laterKey);
      await appendNodes(tx, node(next + 1), laterKey);
    },
    at: [next + 1],
  },
  {
    what: 'a key revoked from a number on that is long past',
    tamper: async (tx) => {
      const content = await revokeKey({
        ...{ tenantId: acme, keyId: laterKey.keyId, fromSeq: later, reason: 'stolen' },
        authorities: [laterKey],
      });
      await appendNodes(tx, statement(content), laterKey);
    },
    at: [later],
  },
  {
    what: 'a statement that admits a key, signed by nobody who may',
    tamper: async (tx) => {
      const content = await admitKey({ tenantId: acme, key: strangeKey, authorities: [strangeKey] });
      await appendNodes(tx, statement(content), laterKey);
    },
    at: [next],
  },
  {
    what: 'a statement about keys of another tenant, replayed',
    tamper: async (tx) => {
      const content = await admitKey({ tenantId: 'globex', key: strangeKey, authorities: [laterKey] });
      await appendNodes(tx, statement(content), laterKey);
    },
    at: [next],
  },
  {
    what: 'the signature of another node',
    tamper: (tx) =>
      force(
        tx,
        sql`update caws_provenance_graph as node set signature = other.signature
            from caws_provenance_graph as other
            where node.tenant_id = 'acme' and node.seq = ${subject} and other.tenant_id = 'acme' and other.seq = 4`,
      ),
    at: [subject],
  },
];
