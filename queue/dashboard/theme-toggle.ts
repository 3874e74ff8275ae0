import { setAttributes } from './element.ts';

const THEME_ITEM = 'proofbook-theme';

/** Switches between light and dark. Until it is used, the system decides; the choice is kept in this browser. */
export function themeToggle(button: HTMLButtonElement): void {
  const system = matchMedia('(prefers-color-scheme: dark)');
  const root = document.documentElement;
  const isDark = () => (root.dataset.theme ?? (system.matches ? 'dark' : 'light')) === 'dark';
  const draw = () => {
    const label = isDark() ? 'Use the light theme' : 'Use the dark theme';
    setAttributes(button, { 'aria-label': label, title: label });
  };
  button.addEventListener('click', () => {
    root.dataset.theme = isDark() ? 'light' : 'dark';
    localStorage.setItem(THEME_ITEM, root.dataset.theme);
    draw();
  });
  system.addEventListener('change', draw);
  draw();
}
