// From the feed's items and opening hours to what the calendar draws.
import type { Calendar } from '@event-calendar/core';
import { parse, text, toInstant, toWall } from './wallClock';

export interface FeedItem {
  kind: 'booking' | 'class' | 'closure' | 'maintenance';
  startsAt: string;
  endsAt: string;
  status?: string | null;
  mine?: boolean;
  title?: string | null;
  id?: string | null;
  mayMove?: boolean;
  offered?: boolean;
}

interface Feed { open: { startsAt: string; endsAt: string }[]; items: FeedItem[] }

/** Opening hours of one weekday, Monday = 1; "24:00" ends the day. */
export interface OpenHours { day: number; from: string; to: string }

/** What is shown of an item; the word and the icon say the same as the colour and the hatch. */
export type Look = 'mine' | 'mine-pending' | 'other' | 'other-pending' | 'class' | 'closure' | 'maintenance';

export const nameOf = (item: FeedItem): Look => {
  if (item.kind !== 'booking') return item.kind;
  const pending = item.status === 'requested';
  if (item.mine) return pending ? 'mine-pending' : 'mine';
  return pending ? 'other-pending' : 'other';
};

/** What it is called: as it looks, but time held for somebody on the waiting list is no request, and one's own class is one's own. */
export const wordOf = (item: FeedItem): string => {
  if (item.offered) return item.mine ? 'held-mine' : 'held';
  return item.kind === 'class' && item.mine ? 'class-mine' : nameOf(item);
};

export const iconOf: Record<Look, string> = {
  mine: 'user-check', 'mine-pending': 'hourglass', other: 'lock', 'other-pending': 'hourglass', class: 'school', closure: 'calendar-off', maintenance: 'tool',
};

export async function fetchEvents(feed: string, zone: string, from: number, to: number): Promise<Calendar.EventInput[]> {
  const query = new URLSearchParams({
    from: new Date(toInstant(zone, from)).toISOString(),
    to: new Date(toInstant(zone, to)).toISOString(),
  });
  const answer = await fetch(`${feed}&${query}`, { headers: { accept: 'application/json' } });
  if (!answer.ok) throw new Error(`The calendar's feed answered ${answer.status}`);
  const { items: [calendar] } = (await answer.json()) as { items: Feed[] };
  const wall = (instant: string) => toWall(zone, Date.parse(instant));
  const events = calendar!.items.map((item, index) => ({
    id: `${item.startsAt}/${index}`,
    start: text(wall(item.startsAt)),
    end: text(wall(item.endsAt)),
    title: item.title ?? '',
    classNames: [`is-${nameOf(item)}`, ...(item.id ? ['opens'] : [])],
    extendedProps: { item },
    editable: item.mayMove ?? false,
  }));
  return [...closedHours(calendar!.open.map((o) => ({ start: wall(o.startsAt), end: wall(o.endsAt) })), from, to), ...events];
}

/** What is not open between two wall times, as hatched ground under the events. */
function closedHours(open: { start: number; end: number }[], from: number, to: number): Calendar.EventInput[] {
  const closed: Calendar.EventInput[] = [];
  let at = from;
  for (const { start, end } of [...open, { start: to, end: to }]) {
    if (start > at) closed.push({ id: `closed/${at}`, start: text(at), end: text(start), display: 'background', classNames: ['is-closed'] });
    at = Math.max(at, end);
  }
  return closed;
}

/** "08:30" as milliseconds after midnight. */
export const clock = (time: string): number => parse(`1970-01-01T00:00`) + (Number(time.slice(0, 2)) * 60 + Number(time.slice(3, 5))) * 60_000;

/** First and last hour worth showing: the opening hours and one hour on each side. */
export function shownHours(hours: OpenHours[]): [string, string] {
  if (hours.length === 0) return ['00:00', '24:00'];
  const first = Math.min(...hours.map((h) => Number(h.from.slice(0, 2))));
  const last = Math.max(...hours.map((h) => Number(h.to.slice(0, 2)) + (h.to.endsWith(':00') ? 0 : 1)));
  const two = (hour: number) => `${String(Math.min(24, Math.max(0, hour))).padStart(2, '0')}:00`;
  return [two(first - 1), two(last + 1)];
}
