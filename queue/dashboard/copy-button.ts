import { element, setText } from './element.ts';

const THANKS_MS = 1_500;

/** A button that puts a text on the clipboard. */
export function copyButton(text: string, name: string, announce: (text: string) => void): HTMLElement {
  const label = `Copy: ${name}`;
  const button = element('button', { type: 'button', class: 'copy', 'aria-label': label }, 'Copy');
  button.addEventListener('click', async () => {
    try {
      await navigator.clipboard.writeText(text);
      setText(button, 'Copied');
      announce(`${name} copied.`);
    } catch {
      // Without leave, or over plain HTTP from elsewhere, there is no clipboard: the text itself is in the title.
      setText(button, 'Not allowed');
      announce(`${name} could not be copied.`);
    }
    setTimeout(() => setText(button, 'Copy'), THANKS_MS);
  });
  return button;
}
