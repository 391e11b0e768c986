import {
  type CommitContent,
  createProvenanceTrailers,
  parseObjectId,
  type ProvenanceNodeRecord,
  putProvenanceTrailers,
  type Signer,
} from '../../../src/index.ts';

const who = 'Ada Example <ada@example.com> 1704067200 +0530';

/** A commit's tree and parent, as good as any. */
export const content: CommitContent = {
  tree: parseObjectId('4b825dc642cb6eb9a060e54bf8d69288fbee4904'),
  parents: [parseObjectId('1'.repeat(40))],
};

/** The commit object that git would make. */
export function commitObject(message: string, { tree, parents }: CommitContent = content): Uint8Array {
  const headers = [
    `tree ${tree}`,
    ...parents.map((parent) => `parent ${parent}`),
    `author ${who}`,
    `committer ${who}`,
  ];
  return new TextEncoder().encode(`${headers.join('\n')}\n\n${message}`);
}

/** A commit that rests on a node, signed for it. */
export async function signedCommit(
  node: Pick<ProvenanceNodeRecord, 'tenantId' | 'id' | 'hashChain'>,
  signer: Signer,
): Promise<Uint8Array> {
  return commitObject(
    putProvenanceTrailers('Fix it\n', await createProvenanceTrailers(node, content, signer)),
  );
}
