// Light, dark or as the device: kept in a cookie, which the server reads for the next page.
const root = document.documentElement;

function choose(theme: string): void {
  const dark = theme === 'dark' || (theme === 'auto' && matchMedia('(prefers-color-scheme: dark)').matches);
  root.dataset.theme = theme;
  root.dataset.bsTheme = dark ? 'dark' : 'light';
  const secure = location.protocol === 'https:' ? '; secure' : '';
  document.cookie = `theme=${theme}; path=/; max-age=31536000; samesite=lax${secure}`;
  document.dispatchEvent(new Event('themechange'));
}

export function enhanceThemeSwitch(scope: ParentNode): void {
  const buttons = [...scope.querySelectorAll<HTMLButtonElement>('[data-theme-choice]')];
  const mark = () => {
    for (const button of buttons) button.ariaPressed = String(button.dataset.themeChoice === (root.dataset.theme ?? 'auto'));
  };
  for (const button of buttons) {
    button.closest<HTMLElement>('[hidden]')?.removeAttribute('hidden');
    button.addEventListener('click', () => {
      choose(button.dataset.themeChoice ?? 'auto');
      mark();
    });
  }
  mark();
}
