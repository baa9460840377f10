// Loaded before the first paint, so that a dark page does not flash. The server has already written the choice kept
// in the cookie; what is left is "as my device does".
const root = document.documentElement;
const device = matchMedia('(prefers-color-scheme: dark)');

function follow(): void {
  if ((root.dataset.theme ?? 'auto') === 'auto') root.dataset.bsTheme = device.matches ? 'dark' : 'light';
}

follow();
device.addEventListener('change', () => {
  follow();
  document.dispatchEvent(new Event('themechange'));
});
