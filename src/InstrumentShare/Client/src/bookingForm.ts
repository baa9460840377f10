// The booking form beside a calendar: what is chosen in one is shown in the other. Nothing is ever booked from here;
// the reader sends the form.
import { parse, text } from './wallClock';

export interface Choice { start: number; end: number }

export class BookingForm {
  private readonly start: HTMLInputElement | null;
  private readonly end: HTMLInputElement | null;

  constructor(private readonly form: HTMLFormElement) {
    this.start = form.querySelector('[data-start]');
    this.end = form.querySelector('[data-end]');
  }

  get choice(): Choice | null {
    const choice = { start: parse(this.start?.value ?? ''), end: parse(this.end?.value ?? '') };
    return choice.end > choice.start ? choice : null;
  }

  fill(choice: Choice): void {
    if (!this.start || !this.end) return;
    this.start.value = text(choice.start);
    this.end.value = text(choice.end);
    this.form.classList.add('is-filled');
    this.end.dispatchEvent(new Event('change', { bubbles: true }));
  }

  focus(): void {
    this.form.scrollIntoView({ block: 'nearest', behavior: matchMedia('(prefers-reduced-motion: reduce)').matches ? 'auto' : 'smooth' });
    this.start?.focus({ preventScroll: true });
  }

  onTyped(listener: (choice: Choice | null) => void): void {
    for (const field of [this.start, this.end]) field?.addEventListener('change', () => listener(this.choice));
  }
}
