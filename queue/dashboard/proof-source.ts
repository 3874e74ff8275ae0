import { decodeTransitions } from '../../engine/transition.ts';
import type { ApiClient } from './api-client.ts';
import { type Child, element } from './element.ts';
import { readStatedProof } from './inclusion-check.ts';
import { transitionSentence } from './transition-words.ts';
import { list, type Market, record } from './wire.ts';

/** Where the checker gets its proof from. */
export interface ProofSource {
  readonly element: HTMLElement;
  /** Fills in what to look for, without fetching it. */
  lookFor(batchNumber: bigint, sequence: bigint): void;
}

interface ProofSourceOptions {
  readonly client: ApiClient;
  readonly market: Market;
  /** Is given the JSON of a proof. */
  readonly found: (proof: unknown) => void;
  readonly failed: (failure: unknown) => void;
}

/** Two ways to ask the service for a proof: by batch and sequence, or by order. The third is to paste one. */
export function proofSource({ client, market, found, failed }: ProofSourceOptions): ProofSource {
  const base = `markets/${market.marketId}`;
  const batch = numberInput('inclusion-batch');
  const sequence = numberInput('inclusion-sequence');
  const order = numberInput('inclusion-order');
  const choices = element('ul', { class: 'choices', 'aria-label': 'Transitions of the order' });
  choices.hidden = true;
  const byTransition = fetchForm(
    'Fetch the proof',
    [field('Batch', batch), field('Sequence', sequence)],
    async () => {
      const path = `${base}/batches/${batch.value}/inclusion?sequence=${sequence.value}`;
      found(await client.json(path));
    },
  );
  const byOrder = fetchForm('List its transitions', [field('Order id', order)], async () => {
    const answer = record(await client.json(`${base}/orders/${order.value}/inclusion`), 'answer');
    const transitions = list(answer, 'transitions', (value) => value);
    choices.replaceChildren(...transitions.map((proof) => choice(proof, market, found)));
    choices.hidden = false;
  });
  byOrder.append(choices);
  for (const form of [byTransition, byOrder])
    form.addEventListener('refused', (event) => failed((event as CustomEvent).detail));
  return {
    element: element(
      'div',
      { class: 'sources' },
      element('div', {}, element('h4', {}, 'One transition'), byTransition),
      element('div', {}, element('h4', {}, 'All transitions of an order'), byOrder),
    ),
    lookFor(batchNumber, firstSequence) {
      batch.value = String(batchNumber);
      sequence.value = String(firstSequence);
      sequence.focus();
      sequence.select();
    },
  };
}

function fetchForm(words: string, fields: readonly Child[], submit: () => Promise<void>): HTMLFormElement {
  const button = element('button', { type: 'submit', class: 'button' }, words);
  const form = element('form', { class: 'inline-form' }, ...fields, button);
  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    button.disabled = true;
    try {
      await submit();
    } catch (failure) {
      form.dispatchEvent(new CustomEvent('refused', { detail: failure }));
    } finally {
      button.disabled = false;
    }
  });
  return form;
}

function choice(proof: unknown, market: Market, found: (proof: unknown) => void): HTMLElement {
  const { batchNumber, record: bytes } = readStatedProof(proof);
  const [transition] = decodeTransitions(bytes);
  const words = transition === undefined ? 'no transition' : transitionSentence(transition, market);
  const place = `batch ${batchNumber}, sequence ${transition?.sequence}`;
  const button = element(
    'button',
    { type: 'button', class: 'choice' },
    element('span', {}, words),
    element('span', { class: 'quiet' }, place),
  );
  button.addEventListener('click', () => found(proof));
  return element('li', {}, button);
}

/** A u64 as digits: an input of type number would make a float of it. */
function numberInput(id: string): HTMLInputElement {
  return element('input', {
    id,
    type: 'text',
    inputmode: 'numeric',
    pattern: '[0-9]{1,20}',
    required: true,
    autocomplete: 'off',
  });
}

function field(name: string, input: HTMLInputElement): HTMLElement {
  return element('div', { class: 'field' }, element('label', { for: input.id }, name), input);
}
