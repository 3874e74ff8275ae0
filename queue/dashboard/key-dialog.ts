import type { ApiClient } from './api-client.ts';
import { byId, setText } from './element.ts';

/** The dialog in which an API key is entered. It is kept for this tab only. */
export class KeyDialog {
  readonly #client: ApiClient;
  readonly #changed: () => void;
  readonly #dialog = byId('key-dialog', HTMLDialogElement);
  readonly #input = byId('key-input', HTMLInputElement);
  readonly #opener = byId('key', HTMLButtonElement);
  readonly #forget = byId('key-forget', HTMLButtonElement);

  /** @param changed is called when another key, or none, is in use */
  constructor(client: ApiClient, changed: () => void) {
    this.#client = client;
    this.#changed = changed;
    this.#opener.addEventListener('click', () => this.open());
    byId('key-form', HTMLFormElement).addEventListener('submit', (event) => {
      event.preventDefault();
      this.#use(this.#input.value.trim() || undefined);
    });
    byId('key-cancel', HTMLButtonElement).addEventListener('click', () => this.#dialog.close());
    this.#forget.addEventListener('click', () => this.#use(undefined));
    this.#showWhetherSet();
  }

  open(): void {
    this.#input.value = '';
    this.#forget.hidden = this.#client.key === undefined;
    this.#dialog.showModal();
    this.#input.focus();
  }

  #use(key: string | undefined): void {
    this.#client.key = key;
    this.#showWhetherSet();
    this.#dialog.close();
    this.#changed();
  }

  #showWhetherSet(): void {
    const isSet = this.#client.key !== undefined;
    this.#opener.dataset.set = String(isSet);
    setText(this.#opener, isSet ? 'API key set' : 'API key');
  }
}
