// An instrument's calendar over the server's list of the same bookings. It fills the booking form beside it and
// never books by itself.
import { createCalendar, Interaction, List, TimeGrid, type Calendar } from '@event-calendar/core';
import { BookingForm, type Choice } from './bookingForm';
import { clock, closedHours, fetchEvents, iconOf, nameOf, shownHours, type FeedItem, type OpenHours } from './calendarEvents';
import { enhanceKeys } from './calendarKeys';
import { mendRoles } from './calendarRoles';
import { icon } from './icons';
import { day, minute, offsetText, parse, text, toWall } from './wallClock';

type Words = Record<string, string>;

const clockText = (wall: number): string => text(wall).slice(11);

export function enhanceCalendars(scope: ParentNode): void {
  for (const element of scope.querySelectorAll<HTMLElement>('[data-calendar]')) new InstrumentCalendar(element);
}

class InstrumentCalendar {
  private readonly words: Words;
  private readonly zone: string;
  private readonly hours: OpenHours[];
  private readonly step: number;
  private readonly form: BookingForm | null;
  private readonly calendar: Calendar;
  private readonly voice: HTMLElement;
  private shown: { kind: 'choice' | 'cursor'; choice: Choice } | null = null;

  constructor(private readonly element: HTMLElement) {
    const data = element.dataset;
    this.words = JSON.parse(data.words ?? '{}') as Words;
    this.zone = data.timezone ?? 'Asia/Shanghai';
    this.hours = JSON.parse(data.businessHours ?? '[]') as OpenHours[];
    this.step = Number(data.slotMin ?? '30') * minute;
    const form = data.bookForm ? document.querySelector<HTMLFormElement>(data.bookForm) : null;
    this.form = form && data.canBook === 'true' ? new BookingForm(form) : null;
    if (this.form?.choice) this.shown = { kind: 'choice', choice: this.form.choice };

    this.voice = document.createElement('p');
    this.voice.className = 'visually-hidden';
    this.voice.setAttribute('aria-live', 'polite');
    const frame = this.frame();
    element.replaceChildren(frame, this.voice);
    this.calendar = createCalendar(frame, [TimeGrid, List, Interaction], this.options());
    mendRoles(element, this.word('label'));
    if (this.form) this.enhanceChoosing(frame, this.form);

    const seconds = Number(data.refresh ?? '0');
    if (seconds > 0) setInterval(() => document.visibilityState === 'visible' && !this.shown && this.calendar.refetchEvents(), seconds * 1000);
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
    const locale = this.element.dataset.locale ?? 'zh-CN';
    const dates = (options: Intl.DateTimeFormatOptions) => new Intl.DateTimeFormat(locale, options);
    const time: Intl.DateTimeFormatOptions = { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' };
    return {
      view: narrow ? 'timeGridDay' : 'timeGridWeek',
      date: text((this.form?.choice ?? this.firstSlot()).start).slice(0, 10),
      firstDay: 1,
      locale,
      timeZone: offsetText(this.zone),
      headerToolbar: { start: 'prev,next today', center: 'title', end: narrow ? 'timeGridDay,listWeek' : 'timeGridWeek,timeGridDay,listWeek' },
      buttonText: {
        today: this.word('today'), prev: this.word('previous'), next: this.word('next'),
        timeGridWeek: this.word('week'), timeGridDay: this.word('day'), listWeek: this.word('list'),
      },
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
      eventDidMount: (info: Calendar.EventDidMountInfo) => { info.el.title = info.el.textContent; },
      editable: false,
      selectable: this.form !== null,
      select: (info: Calendar.SelectInfo) => this.choose({ start: parse(info.startStr), end: parse(info.endStr) }),
      eventSources: [{ events: (info: { startStr: string; endStr: string }) => this.load(parse(info.startStr), parse(info.endStr)) }],
      loading: (busy: boolean) => { this.element.ariaBusy = String(busy); },
    };
  }

  private async load(from: number, to: number): Promise<Calendar.EventInput[]> {
    const ground = closedHours(this.hours, from, to);
    try {
      const events = await fetchEvents(this.element.dataset.feed!, this.zone, from, to);
      return [...ground, ...events, ...(this.shown ? [this.frameEvent(this.shown.choice)] : [])];
    } catch {
      this.voice.textContent = this.word('failed');
      return ground;
    }
  }

  private content({ event, timeText }: Calendar.EventContentInfo): Node[] {
    const item = event.extendedProps.item as FeedItem | undefined;
    if (!item) return event.display === 'background' ? [] : [this.line('ec-event-time', timeText), this.line('ec-event-title', this.word('choice'))];

    const name = nameOf(item);
    const time = this.line('ec-event-time', timeText);
    time.prepend(icon(iconOf[name]), ' ');
    const parts: Node[] = [time, this.line('ec-event-title', item.title || this.word(name))];
    if (item.title) parts.push(this.line('ec-event-kind', this.word(name)));
    return parts;
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
    enhanceKeys(frame, {
      step: this.step,
      first: () => this.firstSlot(),
      show: (choice) => {
        if (choice) this.follow(choice);
        this.show(choice ?? form.choice, choice ? 'cursor' : 'choice');
      },
      take: (choice) => this.choose(choice),
    });
  }

  private choose(choice: Choice): void {
    this.calendar.unselect();
    this.form?.fill(choice);
    this.show(choice, 'choice');
    this.voice.textContent = this.spoken(choice);
    this.form?.focus();
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

  private spoken({ start, end }: Choice): string {
    const format = new Intl.DateTimeFormat(this.element.dataset.locale, {
      timeZone: 'UTC', weekday: 'long', month: 'long', day: 'numeric', hour: '2-digit', minute: '2-digit', hourCycle: 'h23',
    });
    const taken = this.calendar.getEvents().some((e) => {
      const item = e.extendedProps.item as FeedItem | undefined;
      return item && toWall(this.zone, Date.parse(item.startsAt)) < end && toWall(this.zone, Date.parse(item.endsAt)) > start;
    });
    return `${format.format(start)} – ${clockText(end)} · ${this.word(taken ? 'taken' : 'free')}`;
  }

  private word(key: string): string {
    return this.words[key] ?? key;
  }
}
