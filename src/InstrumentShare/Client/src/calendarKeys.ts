// Choosing a slot without a pointer: arrows move a frame over the grid, Shift and arrows make it longer or shorter,
// Enter takes it into the form, Escape leaves.
import type { Choice } from './bookingForm';
import { day } from './wallClock';

export interface KeyTarget {
  step: number;
  first(): Choice;
  show(choice: Choice | null): void;
  take(choice: Choice): void;
}

export function enhanceKeys(frame: HTMLElement, target: KeyTarget): void {
  let at: Choice | null = null;

  const put = (choice: Choice | null) => {
    at = choice;
    target.show(choice);
  };
  frame.addEventListener('blur', () => at && put(null));
  frame.addEventListener('keydown', (event) => {
    if (event.target !== frame || event.altKey || event.ctrlKey || event.metaKey) return;
    if (event.key === 'Escape') {
      if (at) put(null);
      else frame.blur();
    } else if (event.key === 'Enter' && at) {
      const chosen = at;
      put(null);
      target.take(chosen);
    } else if (event.key.startsWith('Arrow') || event.key === 'Enter') {
      put(at ? moved(at, event.key, event.shiftKey, target.step) : target.first());
    } else return;
    event.preventDefault();
  });
}

function moved({ start, end }: Choice, key: string, stretch: boolean, step: number): Choice {
  const by = key === 'ArrowUp' ? -step : key === 'ArrowDown' ? step : key === 'ArrowLeft' ? -day : key === 'ArrowRight' ? day : 0;
  if (!stretch || Math.abs(by) === day) return { start: start + by, end: end + by };
  return { start, end: Math.max(start + step, end + by) };
}
