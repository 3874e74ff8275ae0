import { ProofbookError } from '../../engine/proofbook-error.ts';
import type { ApiClient } from './api-client.ts';
import { element } from './element.ts';
import { checkInclusion, readStatedProof, readTrustedRoot } from './inclusion-check.ts';
import { acceptedVerdict, type RootOrigin, refusedVerdict } from './inclusion-verdict.ts';
import { proofSource } from './proof-source.ts';
import { section } from './section.ts';
import { printedRootIn } from './verified-journal.ts';
import type { Batch, Market } from './wire.ts';

/** The checker as the rest of the page sees it. */
export interface InclusionView {
  readonly element: HTMLElement;
  /** Fills in a batch, and goes there. */
  check(batch: Batch): void;
}

/**
 * Checks in this browser that a transition is in a batch. The service gives bytes; what decides is BLAKE3 here, and a root
 * that the reader can bring from elsewhere.
 */
export function inclusionView(client: ApiClient, market: Market): InclusionView {
  const proofText = element('textarea', {
    id: 'inclusion-proof',
    rows: 7,
    spellcheck: false,
    required: true,
  });
  const root = element('input', {
    id: 'inclusion-root',
    type: 'text',
    required: true,
    spellcheck: false,
    autocomplete: 'off',
  });
  const transitions = element('input', {
    id: 'inclusion-count',
    type: 'text',
    inputmode: 'numeric',
    required: true,
    autocomplete: 'off',
  });
  const verdict = element('div', { class: 'verdict-place', role: 'status' });
  const form = { proofText, root, transitions, verdict, rootOrigin: 'reader' as RootOrigin };
  const source = proofSource({
    client,
    market,
    found: (proof) => {
      proofText.value = JSON.stringify(proof, null, 1);
      verdict.replaceChildren();
      root.focus();
    },
    failed: (failure) => verdict.replaceChildren(refusedVerdict(failure)),
  });
  for (const input of [root, transitions])
    input.addEventListener('input', () => {
      form.rootOrigin = 'reader';
      verdict.replaceChildren();
    });
  proofText.addEventListener('input', () => verdict.replaceChildren());
  root.addEventListener('paste', (event) => pasteRoot(event, form));
  const card = section(
    'inclusion',
    'Check inclusion',
    element('span', { class: 'section-note' }, 'in this browser'),
  );
  card.body.append(
    element(
      'p',
      { class: 'lead' },
      'Is a transition in a batch? The service hands over bytes; this page hashes them and compares with a root that you trust. Nothing else is believed.',
    ),
    element(
      'div',
      { class: 'inclusion-columns' },
      proofPart(source.element, proofText),
      trustPart(form, market),
      verdict,
    ),
  );
  return {
    element: card.element,
    check({ batchNumber, firstSequence }) {
      card.element.scrollIntoView({ block: 'start' });
      source.lookFor(batchNumber, firstSequence);
    },
  };
}

interface CheckForm {
  readonly proofText: HTMLTextAreaElement;
  readonly root: HTMLInputElement;
  readonly transitions: HTMLInputElement;
  readonly verdict: HTMLElement;
  rootOrigin: RootOrigin;
}

function proofPart(source: HTMLElement, proofText: HTMLTextAreaElement): HTMLElement {
  return element(
    'div',
    { class: 'part' },
    element('h3', {}, element('span', { class: 'step', 'aria-hidden': true }, '1'), 'The proof'),
    source,
    element('label', { for: proofText.id }, 'Proof, fetched or pasted (JSON)'),
    proofText,
  );
}

function trustPart(form: CheckForm, market: Market): HTMLElement {
  const { root, transitions, verdict } = form;
  const useStated = element(
    'button',
    { type: 'button', class: 'button quiet-button' },
    'Use what the service says',
  );
  useStated.addEventListener('click', () =>
    attempt(verdict, () => {
      const proof = readStatedProof(parse(form.proofText.value));
      root.value = proof.root;
      transitions.value = String(proof.recordCount);
      form.rootOrigin = 'service';
      verdict.replaceChildren();
    }),
  );
  const submit = element('button', { type: 'submit', class: 'button primary' }, 'Check in this browser');
  const made = element(
    'form',
    { class: 'part', novalidate: true },
    element('h3', {}, element('span', { class: 'step', 'aria-hidden': true }, '2'), 'The root you trust'),
    element('label', { for: root.id }, 'Transitions root of the batch'),
    root,
    element('label', { for: transitions.id }, 'Transitions in the batch'),
    transitions,
    element(
      'p',
      { class: 'hint' },
      'Both stand in the journal of a receipt. Download the receipt, run ',
      element('code', {}, 'proofbook verify --json FILE'),
      ', and paste what it prints. Receipts are verified by that host program, not in the browser.',
    ),
    element('div', { class: 'buttons' }, submit, useStated),
  );
  made.addEventListener('submit', (event) => {
    event.preventDefault();
    attempt(verdict, () => {
      const proof = readStatedProof(parse(form.proofText.value));
      const trusted = readTrustedRoot(root.value, transitions.value);
      const included = checkInclusion(proof, trusted);
      const { rootOrigin } = form;
      verdict.replaceChildren(acceptedVerdict({ market, proof, trusted, included, rootOrigin }));
    });
  });
  return made;
}

/** Takes the whole line that `proofbook verify --json` printed, as well as a bare root. */
function pasteRoot(event: ClipboardEvent, { proofText, root, transitions }: CheckForm): void {
  const pasted = event.clipboardData?.getData('text') ?? '';
  const batchNumber = /"batchNumber":\s*"(\d+)"/.exec(proofText.value)?.[1] ?? '';
  const printed = printedRootIn(pasted, batchNumber);
  if (printed === undefined) return;
  event.preventDefault();
  root.value = printed.transitionsRoot;
  transitions.value = printed.transitionCount;
  root.dispatchEvent(new Event('input'));
}

function attempt(verdict: HTMLElement, action: () => void): void {
  try {
    action();
  } catch (failure) {
    verdict.replaceChildren(refusedVerdict(failure));
  }
}

function parse(json: string): unknown {
  if (json.trim() === '') {
    const details = { field: 'proof', value: 'empty', reason: 'fetch or paste one first' };
    throw new ProofbookError('INVALID_FIELD', details);
  }
  try {
    return JSON.parse(json);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new ProofbookError('INVALID_FIELD', { field: 'proof', value: 'no JSON', reason }, { cause });
  }
}
