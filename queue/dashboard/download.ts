import type { BatchActions } from './batches-view.ts';
import { element, setText, svg } from './element.ts';

/** A file of the service. */
export interface DownloadFile {
  readonly words: string;
  /** The same for who hears it without what stands around it. */
  readonly label: string;
  /** Below `/v1`. */
  readonly path: string;
  readonly fileName: string;
}

const OBJECT_URL_LIFE_MS = 60_000;

/** A button that saves a file. It is fetched first, for a plain link could not carry the API key. */
export function downloadButton({ client, announce }: BatchActions, file: DownloadFile): HTMLElement {
  const words = element('span', {}, file.words);
  const button = element(
    'button',
    { type: 'button', class: 'button download', 'aria-label': file.label, title: file.label },
    downloadIcon(),
    words,
  );
  button.addEventListener('click', async () => {
    button.disabled = true;
    try {
      save(await client.bytes(file.path), file.fileName);
      setText(words, file.words);
      announce(`${file.fileName} is saved.`);
    } catch (failure) {
      setText(words, 'Failed, retry');
      button.title = failure instanceof Error ? failure.message : String(failure);
      announce(`${file.fileName} could not be fetched. ${button.title}`);
    } finally {
      button.disabled = false;
      button.focus({ preventScroll: true });
    }
  });
  return button;
}

function downloadIcon(): SVGElement {
  const stroke = { fill: 'none', stroke: 'currentColor', 'stroke-width': 1.6, 'stroke-linecap': 'round' };
  const arrow = svg('path', {
    d: 'M7 1.5v7m-3-3 3 3 3-3M1.5 12.5h11',
    ...stroke,
    'stroke-linejoin': 'round',
  });
  return svg('svg', { viewBox: '0 0 14 14', width: 13, height: 13, 'aria-hidden': 'true' }, arrow);
}

function save(content: Blob, fileName: string): void {
  const url = URL.createObjectURL(content);
  element('a', { href: url, download: fileName }).click();
  setTimeout(() => URL.revokeObjectURL(url), OBJECT_URL_LIFE_MS);
}
