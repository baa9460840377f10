// The calendar library calls its grid a table whose cells hold no text and jumps heading levels. A screen reader gets
// more from a labelled group of events, so the table roles go and the headings fall into line.
const strip = '[role="row"], [role="cell"], [role="rowgroup"], [role="columnheader"], [role="listitem"]';

export function mendRoles(root: HTMLElement, label: string): void {
  const mend = () => {
    for (const table of root.querySelectorAll('.ec[role]:not([role="group"])')) {
      table.setAttribute('role', 'group');
      table.setAttribute('aria-label', label);
    }
    for (const element of root.querySelectorAll(strip)) element.removeAttribute('role');
    // An event is the labelled article that it is: keys reach and open it through the frame, not by a stop for each.
    for (const event of root.querySelectorAll('.ec-event[tabindex]')) {
      event.removeAttribute('tabindex');
      event.removeAttribute('role');
    }
    for (const heading of root.querySelectorAll('h4:not([aria-level])')) {
      heading.setAttribute('role', 'heading');
      heading.setAttribute('aria-level', '3');
    }
    for (const head of root.querySelectorAll('[aria-colindex]')) head.removeAttribute('aria-colindex');
    for (const bar of root.querySelectorAll('nav.ec-toolbar:not([aria-label])')) bar.setAttribute('aria-label', label);
    for (const button of root.querySelectorAll('.ec-toolbar button:not([type])')) button.setAttribute('type', 'button');
  };
  mend();
  new MutationObserver(mend).observe(root, { childList: true, subtree: true, attributeFilter: ['role', 'tabindex'] });
}
