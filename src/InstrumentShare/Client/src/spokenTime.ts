// "Thu 5 March, 14:00 to 16:00, free": a time in full, for ears.
import { text } from './wallClock';

export function spokenTime(locale: string, pattern: string, start: number, end: number, state: string): string {
  const date = (wall: number) => new Intl.DateTimeFormat(locale, { timeZone: 'UTC', weekday: 'short', month: 'long', day: 'numeric' }).format(wall);
  const clock = (wall: number) => text(wall).slice(11);
  const sameDay = date(start) === date(end - 1);
  const until = sameDay ? (clock(end) === '00:00' ? '24:00' : clock(end)) : `${date(end)} ${clock(end)}`;
  const values: Record<string, string> = { date: date(start), from: clock(start), to: until, state };
  return pattern.replace(/\{(\w+)\}/g, (_, name: string) => values[name] ?? '');
}
