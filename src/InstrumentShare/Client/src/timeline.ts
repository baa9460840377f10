// Several instruments beside one another, drawn by the server. Here: dragging and keys over its rows. A drag or Enter asks the server
// what it would come to and shows that to be confirmed; nothing is written by a drag alone.
import { enhanceKeys } from './calendarKeys';
import { listen } from './calendarStream';
import { ask } from './confirmDialog';
import { spokenTime } from './spokenTime';
import { day, minute, parse, text } from './wallClock';

interface Place { row: number; start: number; end: number }

interface Held { id: string; place: Place }

export function enhanceTimelines(scope: ParentNode): void {
  for (const element of scope.querySelectorAll<HTMLElement>('[data-timeline]')) new Timeline(element);
}

class Timeline {
  private readonly words: Record<string, string>;
  private readonly voice = document.createElement('p');
  private readonly mayBook: boolean;
  private inHand: Held | null = null;
  private asking = false;

  constructor(private readonly element: HTMLElement) {
    this.words = JSON.parse(element.dataset.words ?? '{}') as Record<string, string>;
    this.mayBook = element.dataset.canBook === 'true';
    this.voice.className = 'visually-hidden';
    this.voice.setAttribute('aria-live', 'assertive');
    element.after(this.voice);
    listen(element.dataset.stream!, element.dataset.after ?? '', () => this.asking || this.inHand || void this.refresh());
    if (!element.querySelector('[data-track]')) return;

    element.tabIndex = 0;
    element.setAttribute('role', 'group');
    element.setAttribute('aria-label', this.word('keys'));
    element.addEventListener('pointerdown', (event) => this.press(event));
    enhanceKeys<Place>(element, {
      first: () => this.first(),
      moved: (at, key, stretch) => this.next(at, key, stretch),
      show: (at) => this.show(at),
      take: (at) => this.take(at),
      pick: (at) => this.pick(at),
    });
  }

  private get rows(): HTMLElement[] {
    return [...this.element.querySelectorAll<HTMLElement>('[data-row]')];
  }

  private get window(): { first: number; last: number } {
    return { first: Number(this.element.dataset.first), last: Number(this.element.dataset.last) };
  }

  // --- pointer ---

  private press(event: PointerEvent): void {
    const track = (event.target as Element).closest<SVGSVGElement>('[data-track]');
    if (!track || event.button !== 0) return;
    const item = (event.target as Element).closest<SVGElement>('[data-item]');
    if (item && !item.dataset.movable) return;
    if (!item && !this.mayBook) return;
    const row = this.rows.indexOf(track.closest<HTMLElement>('[data-row]')!);
    const from = this.wallAt(track, event.clientX, row);
    const old = item ? { row, start: parse(item.dataset.start!), end: parse(item.dataset.end!) } : null;
    const resizes = item !== null && item.querySelector('rect')!.getBoundingClientRect().right - event.clientX < 10;
    let place: Place | null = null;

    const move = (moved: PointerEvent) => {
      if (!place && Math.abs(moved.clientX - event.clientX) < 5) return;
      const over = document.elementFromPoint(moved.clientX, moved.clientY)?.closest<SVGSVGElement>('[data-track]');
      const onto = over && this.rows[row]!.contains(over) ? over : track;
      const by = this.wallAt(onto, moved.clientX, row);
      const step = this.step(row);
      if (!old) place = { row, start: Math.min(from, by), end: Math.max(from, by) + step };
      else if (resizes) place = { ...old, end: Math.max(old.start + step, old.end + by - from) };
      else place = { row, start: old.start + by - from, end: old.end + by - from };
      this.draw(place);
      moved.preventDefault();
    };
    const stop = (last: PointerEvent) => {
      for (const name of ['pointermove', 'pointerup', 'pointercancel'] as const) document.removeEventListener(name, name === 'pointermove' ? move : stop);
      if (last.type === 'pointercancel') return this.draw(null);
      // A tap on free time asks about an hour; a tap on a booking follows its link.
      if (!place && !old && last.type === 'pointerup') place = { row, start: from, end: from + Math.max(this.step(row), 60 * minute) };
      if (!place) return;
      if (item) addEventListener('click', (click) => click.preventDefault(), { capture: true, once: true });
      void this.confirm(place, item?.dataset.item ?? null);
    };
    document.addEventListener('pointermove', move);
    document.addEventListener('pointerup', stop);
    document.addEventListener('pointercancel', stop);
  }

  private wallAt(track: SVGSVGElement, x: number, row: number): number {
    const { first, last } = this.window;
    const box = track.getBoundingClientRect();
    const share = Math.min(1, Math.max(0, (x - box.left) / box.width));
    const step = this.step(row);
    const wall = parse(`${track.dataset.date}T00:00`) + (first + share * (last - first)) * minute;
    return Math.floor(wall / step) * step;
  }

  // --- keys ---

  private first(): Place {
    const rows = this.rows;
    const row = Math.max(0, rows.findIndex((r) => r.querySelector('[data-open]')));
    const open = rows[row]?.querySelector<SVGElement>('[data-open]');
    const start = open ? parse(open.dataset.start!) : parse(`${rows[row]!.querySelector<SVGElement>('[data-track]')!.dataset.date}T08:00`);
    return { row, start, end: start + Math.max(this.step(row), 60 * minute) };
  }

  private next(at: Place, key: string, stretch: boolean): Place | null {
    const step = this.step(at.row);
    if (key === 'ArrowUp' || key === 'ArrowDown') {
      const row = at.row + (key === 'ArrowUp' ? -1 : 1);
      // A booking in hand stays on its instrument.
      return this.inHand || !this.rows[row] ? at : { ...at, row };
    }
    const by = { ArrowLeft: -step, ArrowRight: step, PageUp: -day, PageDown: day }[key];
    if (!by) return null;
    if (stretch && Math.abs(by) < day) return { ...at, end: Math.max(at.start + step, at.end + by) };
    const moved = { ...at, start: at.start + by, end: at.end + by };
    return this.tracks(moved).length > 0 ? moved : at;
  }

  private show(at: Place | null): void {
    this.draw(at);
    if (at) {
      this.tracks(at)[0]?.scrollIntoView({ block: 'nearest' });
      this.voice.textContent = this.spoken(at);
    } else if (!this.asking) this.inHand = null;
  }

  private take(at: Place): void {
    const there = this.items(at).find((i) => i.id && i.place.start <= at.start);
    if (this.inHand) void this.confirm(at, this.inHand.id);
    else if (there) location.assign(`/bookings/${there.id}`);
    else if (this.mayBook) void this.confirm(at, null);
  }

  private pick(at: Place): Place | null {
    const own = this.items(at).find((i) => i.movable);
    if (!own) return null;
    this.inHand = { id: own.id, place: own.place };
    return own.place;
  }

  // --- both ---

  private async confirm(place: Place, booking: string | null): Promise<void> {
    this.asking = true;
    this.draw(place);
    const times = `start=${text(place.start)}&end=${text(place.end)}`;
    const address = booking ? `/bookings/${booking}?${times}` : `/instruments/${this.rows[place.row]!.dataset.instrument}/calendar?${times}&check=1`;
    const answer = await ask(address, { title: this.word('confirm'), close: this.word('close'), failed: this.word('failed') });
    this.asking = false;
    this.inHand = null;
    this.draw(null);
    if (booking || answer === 'done') this.voice.textContent = this.word(answer === 'done' ? (booking ? 'moved' : 'mine') : 'kept');
    if (answer === 'done') await this.refresh();
    this.element.focus();
  }

  private async refresh(): Promise<void> {
    try {
      const answer = await fetch(location.href);
      if (!answer.ok) throw new Error(`The calendar answered ${answer.status}`);
      const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
      const fresh = page.querySelector('[data-timeline-body]');
      if (fresh && !this.asking) this.element.querySelector('[data-timeline-body]')!.replaceWith(document.importNode(fresh, true));
    } catch {
      this.voice.textContent = this.word('failed');
    }
  }

  private draw(place: Place | null): void {
    for (const old of this.element.querySelectorAll('.tl-cursor')) old.remove();
    if (!place) return;
    const { first, last } = this.window;
    for (const track of this.tracks(place)) {
      const midnight = parse(`${track.dataset.date}T00:00`);
      const share = (wall: number) => Math.min(100, Math.max(0, ((wall - midnight) / minute - first) * 100 / (last - first)));
      const frame = document.createElementNS('http://www.w3.org/2000/svg', 'rect');
      frame.setAttribute('class', 'tl-cursor');
      frame.setAttribute('x', `${share(place.start)}%`);
      frame.setAttribute('width', `${share(place.end) - share(place.start)}%`);
      frame.setAttribute('y', '2%');
      frame.setAttribute('height', '96%');
      track.append(frame);
    }
  }

  /** The drawn days that a place touches. */
  private tracks({ row, start, end }: Place): SVGSVGElement[] {
    return [...(this.rows[row]?.querySelectorAll<SVGSVGElement>('[data-track]') ?? [])].filter((track) => {
      const midnight = parse(`${track.dataset.date}T00:00`);
      return midnight < end && start < midnight + day;
    });
  }

  private items({ row, start, end }: Place): { id: string; look: string; movable: boolean; place: Place }[] {
    return [...(this.rows[row]?.querySelectorAll<SVGElement>('[data-item]') ?? [])]
      .map((item) => ({ id: item.dataset.item!, look: item.dataset.look!, movable: item.dataset.movable === 'true', place: { row, start: parse(item.dataset.start!), end: parse(item.dataset.end!) } }))
      .filter((item) => item.place.start < end && start < item.place.end && !(this.inHand && item.id === this.inHand.id));
  }

  private spoken(at: Place): string {
    const open = [...this.rows[at.row]!.querySelectorAll<SVGElement>('[data-open]')].some((o) => parse(o.dataset.start!) <= at.start && at.end <= parse(o.dataset.end!));
    const states = [...new Set(this.items(at).map((i) => this.word(i.look)))];
    if (!open) states.push(this.word('closed-hours'));
    const said = spokenTime(this.element.dataset.locale ?? 'zh-CN', this.word('spoken'), at.start, at.end, states.length > 0 ? states.join(', ') : this.word('free'));
    return `${this.inHand ? this.word('moving') : `${this.rows[at.row]!.dataset.name}:`} ${said}`;
  }

  private step(row: number): number {
    return Number(this.rows[row]?.dataset.step ?? '30') * minute;
  }

  private word(key: string): string {
    return this.words[key] ?? key;
  }
}
