import { isProofbookError } from '../../engine/proofbook-error.ts';
import { RequestFailure } from './api-client.ts';
import { element } from './element.ts';

/** A state that takes the place of a market: what is so, why, and what can be done. */
interface Notice {
  readonly tone: 'quiet' | 'error';
  readonly title: string;
  readonly text: string;
  /** The stable code of a problem. */
  readonly code?: string;
  readonly action?: { readonly words: string; readonly run: () => void };
}

export function noticeView({ tone, title, text, code, action }: Notice): HTMLElement {
  const box = element(
    'div',
    { class: 'notice card', 'data-tone': tone, role: tone === 'error' ? 'alert' : 'status' },
    element('h2', {}, title),
    element('p', {}, text),
  );
  if (code !== undefined) box.append(element('p', { class: 'notice-code' }, element('code', {}, code)));
  if (action !== undefined) {
    const button = element('button', { type: 'button', class: 'button primary' }, action.words);
    button.addEventListener('click', action.run);
    box.append(button);
  }
  return box;
}

/** The shape of a market whose numbers are not there yet. */
export function loadingView(): HTMLElement {
  const blocks = ['short', 'tall', 'tall'].map((size) =>
    element('div', { class: 'skeleton card', 'data-size': size }),
  );
  return element(
    'div',
    { class: 'loading', role: 'status' },
    element('p', { class: 'unseen' }, 'Loading the market'),
    ...blocks,
  );
}

/** No market exists: how the first one is made. */
export function noMarketView(): HTMLElement {
  return noticeView({
    tone: 'quiet',
    title: 'No market yet',
    text: 'The service runs and has no market. Create one with POST /v1/markets and a key with the scope admin; it appears here by itself.',
  });
}

/** A failure, with the way out of it. */
export function failureView(
  failure: unknown,
  ways: { readonly retry: () => void; readonly enterKey: () => void },
): HTMLElement {
  if (failure instanceof RequestFailure && (failure.status === 401 || failure.status === 403)) {
    const isMissing = failure.status === 401;
    return noticeView({
      tone: 'quiet',
      title: isMissing ? 'This service asks for an API key' : 'This key may not read',
      text: `${failure.message} A key with the scope read is enough; it stays in this tab.`,
      code: failure.code,
      action: { words: 'Enter an API key', run: ways.enterKey },
    });
  }
  const isUnreachable = failure instanceof RequestFailure && failure.status === 0;
  return noticeView({
    tone: 'error',
    title: isUnreachable ? 'The service does not answer' : 'Something went wrong',
    text: isUnreachable
      ? 'It may be starting, or be gone. Nothing that it accepted is lost.'
      : messageOf(failure),
    code: codeOf(failure),
    action: { words: 'Try again', run: ways.retry },
  });
}

function messageOf(failure: unknown): string {
  return failure instanceof Error ? failure.message : String(failure);
}

function codeOf(failure: unknown): string {
  if (failure instanceof RequestFailure || isProofbookError(failure)) return failure.code;
  return 'UNEXPECTED';
}
