import { maxListed } from '../chain/chain-report.ts';
import { ProvenanceError } from '../errors.ts';

const maxProblemLength = 300;

/** What is wrong with documents, gathered so that one error tells it all. */
export class Problems {
  readonly #listed: string[] = [];
  readonly #within: { readonly problems: Problems; readonly place: string } | undefined;
  #count = 0;

  /** @param within problems that these belong to as well, and the place of all of these there */
  constructor(within?: { readonly problems: Problems; readonly place: string }) {
    this.#within = within;
  }

  /** @param place where, as `workingSpec.scope.in`; never what stands there */
  add(place: string, message: string): void {
    this.#within?.problems.add(`${this.#within.place}: ${place}`, message);
    this.#count += 1;
    // Names of keys come from outside, and may be long.
    if (this.#listed.length < maxListed) this.#listed.push(`${place}: ${message}`.slice(0, maxProblemLength));
  }

  get any(): boolean {
    return this.#count > 0;
  }

  /** The error that lists them, at most {@link maxListed} by name. */
  error(what: string): ProvenanceError {
    const unlisted = this.#count - this.#listed.length;
    const more = unlisted > 0 ? `; and ${String(unlisted)} more` : '';
    return new ProvenanceError('DOCUMENT_INVALID', `${what}: ${this.#listed.join('; ')}${more}`, {
      details: { problems: this.#count },
    });
  }
}
