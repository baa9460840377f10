// A confirm step over the calendar: the parts of another page that say what would happen, with its own forms. Nothing is written
// until the reader presses the button there; whatever is refused is shown with its remedies and can be mended in place.
import { icon } from './icons';

export type Answer = 'done' | 'kept';

export interface DialogWords { title: string; close: string; failed: string }

/** Shows the parts marked `data-dialog-part` of the page at the address, until it is done or left. */
export function ask(address: string, words: DialogWords): Promise<Answer> {
  return new Promise((resolve) => void new ConfirmDialog(words, resolve).load(address));
}

class ConfirmDialog {
  private readonly dialog = document.createElement('dialog');
  private readonly body = document.createElement('div');
  private answer: Answer = 'kept';

  constructor(private readonly words: DialogWords, resolve: (answer: Answer) => void) {
    this.dialog.className = 'dialog dialog-wide';
    this.dialog.setAttribute('aria-label', words.title);
    const close = document.createElement('button');
    close.type = 'button';
    close.className = 'btn btn-icon dialog-close';
    close.setAttribute('aria-label', words.close);
    close.append(icon('x'));
    close.addEventListener('click', () => this.dialog.close());
    this.body.className = 'dialog-body';
    this.body.setAttribute('aria-live', 'polite');
    this.dialog.append(close, this.body);
    this.dialog.addEventListener('submit', (event) => this.submit(event));
    this.dialog.addEventListener('click', (event) => {
      if (!(event.target as Element).closest('[data-dialog-close]')) return;
      event.preventDefault();
      this.dialog.close();
    });
    this.dialog.addEventListener('close', () => {
      this.dialog.remove();
      resolve(this.answer);
    });
    document.body.append(this.dialog);
    this.dialog.showModal();
  }

  async load(address: string, init?: RequestInit): Promise<void> {
    this.dialog.ariaBusy = 'true';
    try {
      const answer = await fetch(address, init);
      if (answer.redirected && new URL(answer.url).pathname === '/sign-in') return location.reload();
      if (init && answer.redirected) {
        this.answer = 'done';
        return this.dialog.close();
      }
      if (!answer.ok) throw new Error(`${address} answered ${answer.status}`);
      this.show(new DOMParser().parseFromString(await answer.text(), 'text/html'));
    } catch {
      this.body.textContent = this.words.failed;
    } finally {
      this.dialog.removeAttribute('aria-busy');
    }
  }

  private submit(event: SubmitEvent): void {
    const form = event.target as HTMLFormElement;
    const button = event.submitter as HTMLButtonElement | null;
    event.preventDefault();
    if (this.dialog.ariaBusy === 'true') return;
    const action = button?.getAttribute('formaction') ?? form.getAttribute('action')!;
    void this.load(action, { method: 'POST', body: new URLSearchParams([...new FormData(form, button)].map(([name, value]) => [name, String(value)])) });
  }

  private show(page: Document): void {
    const parts = [...page.querySelectorAll<HTMLElement>('[data-dialog-part]')].filter((part) => part.childElementCount > 0);
    for (const part of parts) rename(part);
    this.body.replaceChildren(...parts.map((part) => document.importNode(part, true)));
    this.dialog.classList.toggle('is-confirming', this.body.querySelector('[data-do-move], [data-do-book]') !== null);
    (this.body.querySelector<HTMLElement>('[data-do-move], [data-do-book], [data-problems]') ?? this.dialog).focus();
  }
}

/** The page below may have fields of the same names, so ids here get a prefix. */
function rename(part: HTMLElement): void {
  for (const element of [part, ...part.querySelectorAll<HTMLElement>('*')]) {
    for (const name of ['id', 'for', 'form', 'aria-labelledby', 'aria-describedby']) {
      const value = element.getAttribute(name);
      if (value) element.setAttribute(name, value.split(' ').map((id) => `dialog-${id}`).join(' '));
    }
  }
}
