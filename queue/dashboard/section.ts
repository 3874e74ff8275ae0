import { type Child, element } from './element.ts';

/** A part of the page with a heading, which the navigation leads to. */
export function section(
  id: string,
  title: string,
  ...beside: readonly Child[]
): { readonly element: HTMLElement; readonly body: HTMLElement } {
  const heading = element('h2', { id: `${id}-title`, tabindex: -1 }, title);
  const body = element('div', { class: 'section-body' });
  const head = element('div', { class: 'section-head' }, heading, ...beside);
  const made = element(
    'section',
    { id, class: `card section-${id}`, 'aria-labelledby': `${id}-title` },
    head,
    body,
  );
  return { element: made, body };
}
