// A tablet beside instruments. Idle, it shows how they stand anew twice a minute, unless somebody is typing; with a person
// before it, it goes back when nobody has tapped for a minute, and says on each tap that they are still there.
export function enhanceKiosk(kiosk: HTMLElement): void {
  const seconds = Number(kiosk.dataset.seconds);
  if (kiosk.dataset.kiosk === 'idle') {
    const isTyped = () => [...kiosk.querySelectorAll<HTMLInputElement>('[data-who] input:not([type=hidden])')].some((i) => i.value !== '');
    setInterval(() => !isTyped() && location.replace('/kiosk'), 30_000);
    return;
  }

  const leave = kiosk.querySelector<HTMLFormElement>('[data-leave]')!;
  let timer = 0;
  let told = Date.now();
  const stay = () => {
    clearTimeout(timer);
    timer = setTimeout(() => leave.submit(), seconds * 1000);
    if (Date.now() - told < 15_000) return;
    told = Date.now();
    void fetch('/kiosk?handler=Alive');
  };
  for (const tap of ['pointerdown', 'keydown', 'scroll']) document.addEventListener(tap, stay, { passive: true });
  stay();
}
