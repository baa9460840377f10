// Time without a pointer: arrows move a frame, Shift and arrows make it longer or shorter, Enter takes it, M picks up a booking
// of one's own so that the same keys move it, Escape puts it back and then leaves.
export interface KeyTarget<T> {
  first(): T;
  /** Where a key leads; null for a key that leads nowhere. */
  moved(at: T, key: string, stretch: boolean): T | null;
  show(at: T | null): void;
  take(at: T): void;
  /** The booking at this place, now in hand; null when there is none to move. */
  pick(at: T): T | null;
}

export function enhanceKeys<T>(frame: HTMLElement, target: KeyTarget<T>): void {
  let at: T | null = null;

  const put = (place: T | null) => {
    at = place;
    target.show(place);
  };
  frame.addEventListener('blur', () => at && put(null));
  frame.addEventListener('keydown', (event) => {
    if (event.target !== frame || event.altKey || event.ctrlKey || event.metaKey) return;
    if (event.key === 'Escape') {
      if (at) put(null);
      else frame.blur();
    } else if (event.key === 'Enter' && at) {
      const chosen = at;
      target.take(chosen);
      put(null);
    } else if (event.key.toLowerCase() === 'm' && at) {
      const picked = target.pick(at);
      if (picked) put(picked);
    } else {
      const known = event.key.startsWith('Arrow') || event.key.startsWith('Page') || event.key === 'Enter';
      const next = !known ? null : at ? target.moved(at, event.key, event.shiftKey) : target.first();
      if (!next) return;
      put(next);
    }
    event.preventDefault();
  });
}
