// Hears from the server that a calendar changed, while the page is looked at; a page that cannot hear looks once a minute.
export interface Change { instrument: string; startsAt: string | null; endsAt: string | null }

const minute = 60_000;

export function listen(address: string, after: string, changed: () => void): void {
  let source: EventSource | null = null;
  let last = after;
  let waiting = 0;

  // Many readers hear of the same change at once; they need not all ask at once.
  const tell = () => {
    waiting ||= window.setTimeout(() => {
      waiting = 0;
      changed();
    }, 200 + Math.random() * 600);
  };
  const open = () => {
    if (document.visibilityState !== 'visible' || (source && source.readyState !== EventSource.CLOSED)) return;
    source = new EventSource(last ? `${address}&after=${last}` : address);
    source.addEventListener('changed', (event) => {
      last = event.lastEventId || last;
      tell();
    });
  };
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState === 'visible') {
      open();
      if (!last) tell();
    } else {
      source?.close();
      source = null;
    }
  });
  window.addEventListener('pagehide', () => source?.close());
  setInterval(() => {
    if (document.visibilityState !== 'visible' || source?.readyState === EventSource.OPEN) return;
    open();
    tell();
  }, minute);
  open();
}
