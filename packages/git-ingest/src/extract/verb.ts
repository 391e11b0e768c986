import { conventionalTypes, verbs, verbWords, type Verb } from './verb-table.ts';

const byStem = new Map(verbs.flatMap((verb) => verbWords[verb].split(' ').map((word) => [stem(word), verb])));

/** `type(scope)!: ` of Conventional Commits, which is also the `subsystem/file: ` of many older projects. */
const prefix = /^([\p{L}\p{N}_./-]{1,40})(?:\([^()]{0,80}\))?!?:\s+/u;
/** What may stand before the first word and says nothing: `fixup!`, `[core]`, `:bug:`, an emoji or a bullet. */
const decoration = /^(?:(?:fixup|squash|amend)!\s*|\[[^\]]{0,80}\]\s*|:\w{1,40}:\s*|[^\p{L}\p{N}]+)/u;
const versionNumber = /^v?\d+\.\d+(?:\.\d+)?(?:[-+.][\w.+-]*)?$/i;
const maxSubject = 1000;

/**
 * What a commit does by the first word of its subject or by its Conventional Commits type, as one of a closed list;
 * undefined when neither says so. After `chore:`, `build:` and the `subsystem:` of many projects the next word decides.
 *
 * @example
 * verbOf('feat(api): cursor pagination'); // 'add'
 * verbOf('Dropped Node 18'); // 'remove'
 * verbOf('chore: bump vite'); // 'upgrade'
 */
export function verbOf(subject: string): Verb | undefined {
  const text = undecorated(subject.slice(0, maxSubject));
  if (versionNumber.test(text)) return 'release';
  const type = prefix.exec(text);
  if (type === null) return verbOfWord(firstWord(text));
  const conventional = conventionalTypes.get((type[1] ?? '').toLowerCase());
  if (conventional?.isGeneric === false) return conventional.verb;
  const behind = verbOfWord(firstWord(undecorated(text.slice(type[0].length))));
  return behind ?? conventional?.verb ?? verbOfWord(type[1] ?? '');
}

/** The verb that a single word stands for, in whatever form of it. */
export function verbOfWord(word: string): Verb | undefined {
  return byStem.get(stem(word.toLowerCase()));
}

function undecorated(text: string): string {
  let rest = text.trim();
  for (let match = decoration.exec(rest); match !== null; match = decoration.exec(rest)) {
    rest = rest.slice(match[0].length);
  }
  return rest;
}

function firstWord(text: string): string {
  return /^[\p{L}\p{N}]+(?:-[\p{L}\p{N}]+)*/u.exec(text)?.[0] ?? '';
}

/**
 * A stem that the forms of an English verb share (add, adds, added, adding; drop, dropped; apply, applied). It need not
 * be a word: it is only compared with stems of the table.
 */
function stem(word: string): string {
  const bare = word.replace(/(?:ing|ed|es|s|e)$/, '');
  // A short word is its own stem: what is left of `use` or `let` would match too much.
  if (bare.length < 3) return word.replace(/(?:s|d)$/, '').replace(/e$/, '');
  return bare.replace(/y$/, 'i').replace(/([^aeiou])\1$/, '$1');
}
