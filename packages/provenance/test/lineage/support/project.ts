import type { NodeToAppend } from '../../../src/index.ts';
import { nodeToAppend } from '../../log/support/nodes.ts';
import { uuidOf } from './random-dags.ts';

/**
 * What a team may have: a policy, two specs under it, a verdict on each, waivers around them; and a waiver of old that was
 * granted for another waiver.
 */
function projectNodes(): Record<string, NodeToAppend> {
  const nodes: Record<string, NodeToAppend> = {};
  const add = (
    name: string,
    entityType: NodeToAppend['entityType'],
    parents: readonly string[],
    fields: Partial<NodeToAppend> = {},
  ): void => {
    const ids = parents.map((parent) => nodes[parent]?.id ?? '');
    nodes[name] = nodeToAppend({ id: uuidOf(name), entityType, entityId: name, parents: ids, ...fields });
  };
  add('policy', 'policy', []);
  add('spec', 'spec', ['policy']);
  add('other spec', 'spec', ['policy']);
  add('old waiver', 'waiver', ['spec']);
  add('applied waiver', 'waiver', ['old waiver']);
  add('unused waiver', 'waiver', ['spec']);
  add('gate', 'gate', ['spec', 'applied waiver']);
  add('verdict', 'verdict', ['gate', 'spec'], {
    constitutionalRefs: ['CAWS:Section4.2', 'CAWS:§7'],
    description: 'accepted',
  });
  add('other verdict', 'verdict', ['other spec']);
  add('appeal', 'verdict', ['verdict']);
  add('granted waiver', 'waiver', ['appeal']);
  add('waiver of others', 'waiver', ['other verdict']);
  add('waiver of all', 'waiver', ['policy']);
  add('lonely verdict', 'verdict', []);
  return nodes;
}

/** The nodes by their names, parents first. */
export const project = projectNodes();

export const idOf = (name: string): string => project[name]?.id ?? '';
export const nameOf = (id: string): string | undefined =>
  Object.keys(project).find((name) => project[name]?.id === id);
