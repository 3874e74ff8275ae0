import { isProofbookError } from '../../engine/proofbook-error.ts';
import { RequestFailure } from './api-client.ts';
import { element } from './element.ts';
import type { IncludedTransition, StatedProof, TrustedRoot } from './inclusion-check.ts';
import { digestText } from './number-text.ts';
import { transitionFacts, transitionSentence } from './transition-words.ts';
import type { Market } from './wire.ts';

const HASHES = 9;

/** Where a root came from: the reader, or the service whose word is being checked. */
export type RootOrigin = 'reader' | 'service';

export interface Acceptance {
  readonly market: Market;
  readonly proof: StatedProof;
  readonly trusted: TrustedRoot;
  readonly included: IncludedTransition;
  readonly rootOrigin: RootOrigin;
}

/** What is shown for a proof that holds; under a root that nobody vouched for it says less. */
export function acceptedVerdict({ market, proof, trusted, included, rootOrigin }: Acceptance): HTMLElement {
  const { transition, recordIndex, durationMs } = included;
  const isTrusted = rootOrigin === 'reader';
  const facts = transitionFacts(transition, market).flatMap(([name, value]) => [
    element('dt', {}, name),
    element('dd', {}, value),
  ]);
  const where = `Transition ${recordIndex + 1} of ${trusted.transitionCount} in batch ${proof.batchNumber}`;
  const time = durationMs < 0.1 ? 'under 0.1' : durationMs.toFixed(1);
  const trust = isTrusted
    ? 'It holds under the root you gave. That root is worth what the receipt it came from is worth.'
    : 'The root is this service’s own word. Verify the receipt with proofbook verify, and paste the root it prints.';
  return element(
    'div',
    { class: 'verdict', 'data-tone': isTrusted ? 'accepted' : 'consistent' },
    element('h3', {}, isTrusted ? 'Included' : 'Consistent, but under an unverified root'),
    element('p', { class: 'verdict-sentence' }, transitionSentence(transition, market)),
    element('p', {}, `${where}: ${HASHES} BLAKE3 hashes in this browser, ${time} ms. ${trust}`),
    element('dl', { class: 'facts' }, ...facts),
    merklePath(proof),
  );
}

/** What is shown for a proof that does not hold, or cannot be read. */
export function refusedVerdict(failure: unknown): HTMLElement {
  const isRefused = isProofbookError(failure, 'INCLUSION_REFUSED');
  return element(
    'div',
    { class: 'verdict', 'data-tone': 'refused' },
    element('h3', {}, isRefused ? 'Refused' : titleOf(failure)),
    element('p', {}, wordsOf(failure)),
    isRefused
      ? element('p', {}, 'This proof does not show that the transition is in a batch with that root.')
      : element('p', {}, 'Nothing was checked.'),
  );
}

/** A refusal in the words of the checker; of anything else its message. */
function wordsOf(failure: unknown): string {
  if (!isProofbookError(failure, 'INCLUSION_REFUSED'))
    return failure instanceof Error ? failure.message : String(failure);
  const { field, value, reason } = failure.details;
  return `Of the proof, the ${field} (${value}) ${reason}.`;
}

function titleOf(failure: unknown): string {
  if (failure instanceof RequestFailure) return failure.status === 404 ? 'Not found' : 'The service refused';
  return 'This cannot be read';
}

/** The eight nodes beside the way from the page to the root. */
function merklePath({ index, siblings }: StatedProof): HTMLElement {
  const steps = siblings.map((sibling, level) => {
    const isRight = (index >> level) % 2 === 1;
    const digits = Array.from(sibling, (byte) => byte.toString(16).padStart(2, '0')).join('');
    const beside = element('code', { title: digits }, /^0+$/.test(digits) ? 'empty' : digestText(digits));
    const here = element(
      'span',
      { class: 'path-here' },
      level === 0 ? `page ${index}` : `node ${index >> level}`,
    );
    const pair = isRight ? [beside, here] : [here, beside];
    return element('li', {}, element('span', { class: 'path-level' }, String(level)), ...pair);
  });
  return element(
    'details',
    { class: 'data-details' },
    element('summary', {}, 'Show the path to the root'),
    element('ol', { class: 'path', 'aria-label': 'Pairs that are hashed, lowest first' }, ...steps),
  );
}
