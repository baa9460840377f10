// Times on the wall of the instrument's room. A wall time is kept as the milliseconds it would have in UTC, so that
// adding days and minutes is plain arithmetic and the reader's own zone never enters.
export const minute = 60_000;
export const day = 24 * 60 * minute;

/** Offset of the zone from UTC in minutes at an instant. */
function offsetAt(zone: string, instant: number): number {
  const name = new Intl.DateTimeFormat('en-GB', { timeZone: zone, timeZoneName: 'longOffset' })
    .formatToParts(instant).find((part) => part.type === 'timeZoneName')?.value ?? 'GMT';
  const match = /GMT([+-])(\d{2}):(\d{2})/.exec(name);
  return match ? (match[1] === '-' ? -1 : 1) * (Number(match[2]) * 60 + Number(match[3])) : 0;
}

export const toWall = (zone: string, instant: number): number => instant + offsetAt(zone, instant) * minute;

/** The instant of a wall time; of two possible ones (clocks set back) the earlier. */
export function toInstant(zone: string, wall: number): number {
  const guess = wall - offsetAt(zone, wall - day) * minute;
  return toWall(zone, guess) === wall ? guess : wall - offsetAt(zone, guess) * minute;
}

/** "2026-03-05T14:00", as a datetime-local field holds it. */
export const text = (wall: number): string => new Date(wall).toISOString().slice(0, 16);

export const parse = (value: string): number => Date.parse(`${value.slice(0, 16)}Z`);

/** The zone's offset now as "+08:00". */
export function offsetText(zone: string): string {
  const offset = offsetAt(zone, Date.now());
  const two = (n: number) => String(Math.trunc(n)).padStart(2, '0');
  return `${offset < 0 ? '-' : '+'}${two(Math.abs(offset) / 60)}:${two(Math.abs(offset) % 60)}`;
}
