import { redactEmails } from './redact-emails.ts';
import { verbOfWord } from './verb.ts';

const stopWords = new Set(
  (
    'a an the this that these those it its is are was were be been being am do does did done has have had having ' +
    'and or but nor not no yes if else then than when while where which who whom whose what why how as at by for from ' +
    'in into of off on onto out over per to up down via with without within under after before between during about ' +
    'against through so such too very can could may might must shall should will would we you they he she i my our your ' +
    'their his her them us me all any some each every both few more most other another same own only just also again ' +
    'now here there once instead rather still yet etc eg ie vs wip pr pull request issue issues commit commits branch ' +
    'merge remote tracking master main origin head part one two first second last next previous minor major small ' +
    'some various several misc stuff things thing co authored signed don doesn didn isn aren won shouldn'
  ).split(' '),
);

const hash = /^(?=.*\d)[0-9a-f]{7,64}$/;
const maxWords = 12;
const maxWordLength = 40;
const maxSubject = 1000;

/**
 * The content words of a commit's subject, lower-cased, each once and in order, at most twelve: what it was about, for
 * the description of a capability. Verbs of the closed list, stop words, hashes, numbers and e-mail addresses are left out.
 *
 * @example
 * topicWordsOf('fix(pool): release clients after a failed rollback (#123)');
 * // ['pool', 'clients', 'failed']
 */
export function topicWordsOf(subject: string): string[] {
  const text = redactEmails(subject.slice(0, maxSubject)).replaceAll('<redacted>', ' ').toLowerCase();
  const words = text.match(/[\p{L}\p{N}][\p{L}\p{M}\p{N}_]*(?:[+#]+(?![\p{L}\p{N}]))?/gu) ?? [];
  return [...new Set(words.filter(isContent))].slice(0, maxWords);
}

function isContent(word: string): boolean {
  return (
    word.length > 1 &&
    word.length <= maxWordLength &&
    !/^\p{N}+$/u.test(word) &&
    !hash.test(word) &&
    !stopWords.has(word) &&
    verbOfWord(word) === undefined
  );
}
