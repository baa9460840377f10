// An instrument's calendar over the server's list of the same bookings. Choosing a time fills the booking form beside it; moving a
// booking asks first. Nothing is ever written by a drag alone.
import { createCalendar, DayGrid, Interaction, List, TimeGrid, type Calendar } from '@event-calendar/core';
import { BookingForm, type Choice } from './bookingForm';
import { clock, fetchEvents, iconOf, nameOf, shownHours, wordOf, type FeedItem, type OpenHours } from './calendarEvents';
import { enhanceKeys } from './calendarKeys';
import { mendRoles } from './calendarRoles';
import { listen } from './calendarStream';
import { ask } from './confirmDialog';
import { icon } from './icons';
import { spokenTime } from './spokenTime';
import { day, minute, offsetText, parse, text, toWall } from './wallClock';

type Words = Record<string, string>;

interface Placed { item: FeedItem; start: number; end: number }

export function enhanceCalendars(scope: ParentNode): void {
  for (const element of scope.querySelectorAll<HTMLElement>('[data-calendar]')) new InstrumentCalendar(element);
}

class InstrumentCalendar {
  private readonly words: Words;
  private readonly zone: string;
  private readonly locale: string;
  private readonly hours: OpenHours[];
  private readonly step: number;
  private readonly form: BookingForm | null;
  private readonly calendar: Calendar;
  private readonly voice: HTMLElement;
  private shown: { kind: 'choice' | 'cursor'; choice: Choice } | null = null;
  private inHand: Placed | null = null;
  private asking = false;

  constructor(private readonly element: HTMLElement) {
    const data = element.dataset;
    this.words = JSON.parse(data.words ?? '{}') as Words;
    this.zone = data.timezone ?? 'Asia/Shanghai';
    this.locale = data.locale ?? 'zh-CN';
    this.hours = JSON.parse(data.businessHours ?? '[]') as OpenHours[];
    this.step = Number(data.slotMin ?? '30') * minute;
    const form = data.bookForm ? document.querySelector<HTMLFormElement>(data.bookForm) : null;
    this.form = form && data.canBook === 'true' ? new BookingForm(form) : null;
    if (this.form?.choice) this.shown = { kind: 'choice', choice: this.form.choice };

    this.voice = document.createElement('p');
    this.voice.className = 'visually-hidden';
    this.voice.setAttribute('aria-live', 'assertive');
    const frame = this.frame();
    element.replaceChildren(frame, this.voice);
    this.calendar = createCalendar(frame, [TimeGrid, DayGrid, List, Interaction], this.options());
    mendRoles(element, this.word('label'));
    if (this.form) this.enhanceChoosing(frame, this.form);
    listen(data.stream!, data.after ?? '', () => this.asking || this.inHand || this.calendar.refetchEvents());
  }

  private frame(): HTMLElement {
    const frame = document.createElement('div');
    frame.className = 'calendar-frame';
    if (this.form) {
      frame.tabIndex = 0;
      frame.setAttribute('role', 'group');
      frame.setAttribute('aria-label', this.word('keys'));
    }
    return frame;
  }

  private options(): Calendar.Options {
    const narrow = matchMedia('(max-width: 767px)').matches;
    const [first, last] = shownHours(this.hours);
    const dates = (options: Intl.DateTimeFormatOptions) => new Intl.DateTimeFormat(this.locale, options);
    const time: Intl.DateTimeFormatOptions = { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' };
    const monthHead = { dayHeaderFormat: { weekday: 'short' } satisfies Intl.DateTimeFormatOptions };
    return {
      view: narrow ? 'timeGridDay' : 'timeGridWeek',
      date: text((this.form?.choice ?? this.firstSlot()).start).slice(0, 10),
      firstDay: 1,
      locale: this.locale,
      timeZone: offsetText(this.zone),
      headerToolbar: { start: 'prev,next today', center: 'title', end: narrow ? 'timeGridDay,listWeek,dayGridMonth' : 'timeGridWeek,timeGridDay,dayGridMonth,listWeek' },
      buttonText: {
        today: this.word('today'), prev: this.word('previous'), next: this.word('next'), close: this.word('close'),
        timeGridWeek: this.word('week'), timeGridDay: this.word('day'), dayGridMonth: this.word('month'), listWeek: this.word('list'),
      },
      views: { dayGridMonth: { ...monthHead, editable: false, selectable: false, dayMaxEvents: true } },
      moreLinkContent: (info: { num: number }) => this.word('more').replace('{count}', String(info.num)),
      allDaySlot: false,
      nowIndicator: true,
      slotMinTime: first,
      slotMaxTime: last,
      flexibleSlotTimeLimits: true,
      slotDuration: '00:30',
      snapDuration: this.step / 1000,
      slotHeight: 22,
      eventTimeFormat: time,
      slotLabelFormat: time,
      dayHeaderFormat: (date: Date) => `${dates({ weekday: 'short' }).format(date)} ${dates({ month: 'numeric', day: 'numeric' }).format(date)}`,
      titleFormat: (start: Date, end: Date) => {
        const first = dates({ year: 'numeric', month: 'long', day: 'numeric' }).format(start);
        const last = dates({ year: start.getFullYear() === end.getFullYear() ? undefined : 'numeric', month: 'long', day: 'numeric' }).format(end);
        return start.toDateString() === end.toDateString() ? first : `${first} – ${last}`;
      },
      noEventsContent: this.word('empty'),
      eventContent: (info: Calendar.EventContentInfo) => ({ domNodes: this.content(info) }),
      eventDidMount: (info: Calendar.EventDidMountInfo) => this.describe(info),
      eventClick: (info: Calendar.EventClickInfo) => open(info.event.extendedProps.item as FeedItem | undefined),
      eventDrop: (info: Calendar.EventDropInfo) => void this.moved(info, span(info.delta), span(info.delta)),
      eventResize: (info: Calendar.EventResizeInfo) => void this.moved(info, 0, span(info.endDelta)),
      dateClick: (info: Calendar.DateClickInfo) => {
        if (info.view.type !== 'dayGridMonth') return;
        this.calendar.setOption('date', info.dateStr.slice(0, 10));
        this.calendar.setOption('view', 'timeGridDay');
      },
      editable: false,
      eventResizableFromStart: false,
      selectable: this.form !== null,
      select: (info: Calendar.SelectInfo) => this.choose({ start: parse(info.startStr), end: parse(info.endStr) }),
      eventSources: [{ events: (info: { startStr: string; endStr: string }) => this.load(parse(info.startStr), parse(info.endStr)) }],
      loading: (busy: boolean) => { this.element.ariaBusy = String(busy); },
    };
  }

  private async load(from: number, to: number): Promise<Calendar.EventInput[]> {
    try {
      const events = await fetchEvents(this.element.dataset.feed!, this.zone, from, to);
      return [...events, ...(this.shown ? [this.frameEvent(this.shown.choice)] : [])];
    } catch {
      this.voice.textContent = this.word('failed');
      return [];
    }
  }

  private content({ event, timeText }: Calendar.EventContentInfo): Node[] {
    const item = event.extendedProps.item as FeedItem | undefined;
    if (!item) return event.display === 'background' ? [] : [this.line('ec-event-time', timeText), this.line('ec-event-title', this.word('choice'))];

    const time = this.line('ec-event-time', timeText);
    time.prepend(icon(iconOf[nameOf(item)]), ' ');
    const parts: Node[] = [time, this.line('ec-event-title', item.title || this.word(wordOf(item)))];
    if (item.title) parts.push(this.line('ec-event-kind', this.word(wordOf(item))));
    return parts;
  }

  private describe({ el, event }: Calendar.EventDidMountInfo): void {
    const item = event.extendedProps.item as FeedItem | undefined;
    if (!item) return;
    const { start, end } = this.placed(item);
    el.title = `${this.spokenAs(start, end, this.word(wordOf(item)))}${item.title ? ` · ${item.title}` : ''}`;
    el.setAttribute('aria-label', el.title);
  }

  private line(className: string, content: string): HTMLElement {
    const line = document.createElement('div');
    line.className = className;
    line.textContent = content;
    return line;
  }

  private enhanceChoosing(frame: HTMLElement, form: BookingForm): void {
    form.onTyped((choice) => {
      this.show(choice, 'choice');
      if (choice) this.calendar.gotoDate(text(choice.start).slice(0, 10));
    });
    enhanceKeys<Choice>(frame, {
      first: () => this.firstSlot(),
      moved: (at, key, stretch) => this.next(at, key, stretch),
      show: (choice) => {
        if (choice) this.follow(choice);
        else this.inHand = null;
        this.show(choice ?? form.choice, choice ? 'cursor' : 'choice');
      },
      take: (choice) => this.take(choice),
      pick: (choice) => {
        const own = this.at(choice).find((p) => p.item.mayMove);
        if (!own) return null;
        this.inHand = own;
        return { start: own.start, end: own.end };
      },
    });
  }

  private next({ start, end }: Choice, key: string, stretch: boolean): Choice | null {
    const by = { ArrowUp: -this.step, ArrowDown: this.step, ArrowLeft: -day, ArrowRight: day, PageUp: -7 * day, PageDown: 7 * day }[key];
    if (!by) return null;
    return stretch && Math.abs(by) < day ? { start, end: Math.max(start + this.step, end + by) } : { start: start + by, end: end + by };
  }

  private take(choice: Choice): void {
    const [moving, there] = [this.inHand, this.at(choice).find((p) => p.item.id && p.start <= choice.start)];
    if (moving) void this.confirmMove(moving.item, choice);
    else if (there) open(there.item);
    else this.choose(choice);
  }

  private choose(choice: Choice): void {
    this.calendar.unselect();
    this.form?.fill(choice);
    this.show(choice, 'choice');
    this.voice.textContent = this.spoken(choice);
    this.form?.focus();
  }

  private async moved(info: { oldEvent: Calendar.Event; revert: () => void }, startsBy: number, endsBy: number): Promise<void> {
    const item = info.oldEvent.extendedProps.item as FeedItem;
    const { start, end } = this.placed(item);
    if ((await this.confirmMove(item, { start: start + startsBy, end: end + endsBy })) === 'kept') info.revert();
  }

  /** Shows what the move comes to; the item goes back to its place when the reader leaves it. */
  private async confirmMove(item: FeedItem, to: Choice): Promise<'done' | 'kept'> {
    this.asking = true;
    const answer = await ask(`/bookings/${item.id}?start=${text(to.start)}&end=${text(to.end)}`, { title: this.word('confirm'), close: this.word('close'), failed: this.word('failed') });
    this.asking = false;
    this.voice.textContent = this.word(answer === 'done' ? 'moved' : 'kept');
    this.calendar.refetchEvents();
    return answer;
  }

  /** The next open slot of one hour, from now on. */
  private firstSlot(): Choice {
    const now = toWall(this.zone, Date.now());
    const start = Math.ceil(now / this.step) * this.step;
    const midnight = Math.floor(start / day) * day;
    for (let ahead = 0; ahead < 7; ahead++) {
      const date = midnight + ahead * day;
      const hours = this.hours.filter((h) => h.day === (new Date(date).getUTCDay() || 7));
      for (const { from, to } of hours) {
        const at = Math.max(start, date + clock(from));
        if (at + this.step <= date + clock(to)) return { start: at, end: at + Math.max(this.step, 60 * minute) };
      }
    }
    return { start, end: start + 60 * minute };
  }

  private follow(choice: Choice): void {
    if (!this.calendar.getView().type.startsWith('timeGrid')) this.calendar.setOption('view', 'timeGridDay');
    const { currentStart, currentEnd } = this.calendar.getView();
    const date = new Date(choice.start);
    const local = new Date(date.getUTCFullYear(), date.getUTCMonth(), date.getUTCDate());
    if (local < currentStart || local >= currentEnd) this.calendar.gotoDate(text(choice.start).slice(0, 10));
    this.voice.textContent = this.spoken(choice);
  }

  private show(choice: Choice | null, kind: 'choice' | 'cursor'): void {
    this.shown = choice && { kind, choice };
    this.calendar.removeEventById('choice');
    if (choice) this.calendar.addEvent(this.frameEvent(choice));
  }

  private frameEvent(choice: Choice): Calendar.EventInput {
    return { id: 'choice', start: text(choice.start), end: text(choice.end), title: '', classNames: [`is-${this.shown?.kind ?? 'choice'}`], editable: false };
  }

  private placed(item: FeedItem): Placed {
    return { item, start: toWall(this.zone, Date.parse(item.startsAt)), end: toWall(this.zone, Date.parse(item.endsAt)) };
  }

  private at({ start, end }: Choice): Placed[] {
    return this.calendar.getEvents().map((e) => e.extendedProps.item as FeedItem | undefined).filter((i) => i !== undefined)
      .map((i) => this.placed(i)).filter((p) => p.start < end && p.end > start && p.item !== this.inHand?.item);
  }

  private spoken(choice: Choice): string {
    const there = this.at(choice).map((p) => this.word(wordOf(p.item)));
    const closed = this.calendar.getEvents().some((e) => e.display === 'background' && wallOf(e.start) < choice.end && wallOf(e.end) > choice.start);
    const states = [...new Set([...there, ...(closed ? [this.word('closed-hours')] : [])])];
    const said = this.spokenAs(choice.start, choice.end, states.length > 0 ? states.join(', ') : this.word('free'));
    return this.inHand ? `${this.word('moving')} ${said}` : said;
  }

  private spokenAs(start: number, end: number, state: string): string {
    return spokenTime(this.locale, this.word('spoken'), start, end, state);
  }

  private word(key: string): string {
    return this.words[key] ?? key;
  }
}

/** The page of a booking that the reader may open. */
function open(item: FeedItem | undefined): void {
  if (item?.id) location.assign(`/bookings/${item.id}`);
}

const span = (delta: Calendar.Duration): number => (delta.days ?? 0) * day + (delta.seconds ?? 0) * 1000;

/** The library gives dates whose fields in the reader's zone are those of the wall. */
const wallOf = (date: Date): number => Date.UTC(date.getFullYear(), date.getMonth(), date.getDate(), date.getHours(), date.getMinutes());
