// Forms: one submit per click, a question before what cannot be undone, filters that apply at once, problems in focus.
export function enhanceForms(scope: ParentNode): void {
  const problems = scope.querySelector<HTMLElement>('[data-problems]');
  problems?.focus({ preventScroll: true });
  problems?.scrollIntoView({ block: 'center' });
  for (const item of problems?.querySelectorAll<HTMLElement>('li[data-field]') ?? []) linkToField(item);

  document.addEventListener('submit', askFirst);
  document.addEventListener('submit', showBusy);
  // A page that comes back from the browser's memory must not stay busy.
  window.addEventListener('pageshow', () => document.querySelectorAll('[aria-busy="true"]').forEach(setReady));

  for (const form of scope.querySelectorAll<HTMLFormElement>('form[data-auto]'))
    form.addEventListener('change', () => form.requestSubmit());
}

/** A problem of a field that stands on the page leads to it. */
function linkToField(item: HTMLElement): void {
  const name = item.dataset.field!.toLowerCase();
  const field = [...document.querySelectorAll<HTMLInputElement>('main [name]')].find((f) => f.type !== 'hidden' && f.name.toLowerCase() === name);
  const words = item.firstChild;
  if (!field?.id || !words) return;
  const link = document.createElement('a');
  link.href = `#${field.id}`;
  link.addEventListener('click', (event) => {
    event.preventDefault();
    field.focus();
  });
  link.append(words.cloneNode());
  words.replaceWith(link);
}

const confirmed = new WeakSet<HTMLFormElement>();

/** Shows the page's confirm dialogue when form or button carries <code>data-confirm</code>. */
function askFirst(event: SubmitEvent): void {
  const form = event.target as HTMLFormElement;
  const question = event.submitter?.dataset.confirm ?? form.dataset.confirm;
  const dialog = document.querySelector<HTMLDialogElement>('dialog[data-confirm-dialog]');
  if (!question || !dialog || confirmed.delete(form)) return;

  event.preventDefault();
  event.stopImmediatePropagation();
  const { submitter } = event;
  dialog.querySelector('[data-confirm-text]')!.textContent = question;
  dialog.addEventListener('close', () => {
    if (dialog.returnValue === 'yes') {
      confirmed.add(form);
      form.requestSubmit(submitter);
    }
  }, { once: true });
  dialog.returnValue = '';
  dialog.showModal();
}

function showBusy(event: SubmitEvent): void {
  const form = event.target as HTMLFormElement;
  const button = event.submitter;
  if (event.defaultPrevented || form.method !== 'post' || form.target || !button) return;
  if (button.ariaBusy === 'true') {
    event.preventDefault();
    return;
  }

  button.ariaBusy = 'true';
  button.classList.add('is-busy');
}

function setReady(element: Element): void {
  element.removeAttribute('aria-busy');
  element.classList.remove('is-busy');
}
