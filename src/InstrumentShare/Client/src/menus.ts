// Menus are <details>, so they open without script; this closes them as people expect.
export function enhanceMenus(scope: ParentNode): void {
  const menus = [...scope.querySelectorAll<HTMLDetailsElement>('details[data-menu]')];
  if (menus.length === 0) return;

  document.addEventListener('click', (event) => {
    for (const menu of menus) if (menu.open && !menu.contains(event.target as Node)) menu.open = false;
  });
  document.addEventListener('keydown', (event) => {
    if (event.key !== 'Escape') return;
    for (const menu of menus.filter((m) => m.open)) {
      menu.open = false;
      menu.querySelector('summary')?.focus();
    }
  });
}
