/**
 * One spelling for each mailbox: trimmed, NFKC, lower case; of GitHub's private addresses
 * (`123+name@users.noreply.github.com`) the part without the number. Tags (`name+tag@…`) are kept: they may be people.
 */
export function normaliseEmail(email: string): string {
  const spelled = email.normalize('NFKC').trim().toLowerCase();
  return spelled.replace(/^\d+\+(?=[^@]+@users\.noreply\.github\.com$)/, '');
}
