// Runs before the first paint, so that who chose a theme never sees the other one flash by.
{
  const theme = localStorage.getItem('proofbook-theme');
  if (theme === 'light' || theme === 'dark') document.documentElement.dataset.theme = theme;
}
