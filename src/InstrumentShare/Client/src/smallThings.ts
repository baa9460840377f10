// Copy and print buttons, and the note on a time zone that is not the reader's.
export function enhanceSmallThings(scope: ParentNode): void {
  for (const button of scope.querySelectorAll<HTMLButtonElement>('button[data-copy]')) enhanceCopy(button);
  for (const button of scope.querySelectorAll<HTMLButtonElement>('button[data-print]')) {
    button.hidden = false;
    button.addEventListener('click', () => print());
  }
  for (const hint of scope.querySelectorAll<HTMLElement>('[data-needs-script]')) hint.hidden = false;
  for (const note of scope.querySelectorAll<HTMLElement>('[data-zone-note]')) note.hidden = !differs(note.dataset.zoneNote!);
}

/** data-copy names the element whose text or value is copied; data-copied is the word shown afterwards. */
function enhanceCopy(button: HTMLButtonElement): void {
  const source = document.querySelector<HTMLElement>(button.dataset.copy!);
  if (!source || !navigator.clipboard) return;
  button.hidden = false;
  button.addEventListener('click', async () => {
    await navigator.clipboard.writeText(source instanceof HTMLInputElement ? source.value : source.textContent.trim());
    const before = button.textContent;
    button.textContent = button.dataset.copied ?? before;
    setTimeout(() => (button.textContent = before), 2000);
  });
}

function differs(zone: string): boolean {
  const clock = (timeZone?: string) => new Date().toLocaleString('en-GB', { timeZone });
  return clock(zone) !== clock();
}
