import { element } from './element.ts';

/** What a drawing shows, as a table that opens on demand: the text alternative of a chart. */
export interface DataTable {
  readonly element: HTMLElement;
  show(rows: readonly (readonly string[])[]): void;
}

/** @param caption what the table holds */
export function dataTable(caption: string, columns: readonly string[]): DataTable {
  const body = element('tbody');
  const head = element('tr', {}, ...columns.map((column) => element('th', { scope: 'col' }, column)));
  const table = element(
    'table',
    { class: 'data' },
    element('caption', { class: 'unseen' }, caption),
    element('thead', {}, head),
    body,
  );
  const region = element(
    'div',
    { class: 'data-scroll', tabindex: 0, role: 'region', 'aria-label': caption },
    table,
  );
  const details = element(
    'details',
    { class: 'data-details' },
    element('summary', {}, 'Show as a table'),
    region,
  );
  let rows: readonly (readonly string[])[] = [];
  const draw = () => {
    if (!details.open) return;
    body.replaceChildren(
      ...rows.map((cells) => element('tr', {}, ...cells.map((cell) => element('td', {}, cell)))),
    );
  };
  details.addEventListener('toggle', draw);
  return {
    element: details,
    show(newRows) {
      rows = newRows;
      draw();
    },
  };
}
