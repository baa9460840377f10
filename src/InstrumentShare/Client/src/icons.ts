/** The sprite's address stands on the page, because its name carries a fingerprint. */
export function icon(name: string): SVGSVGElement {
  const sprite = document.documentElement.dataset.icons ?? '/dist/icons.svg';
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
  const use = document.createElementNS('http://www.w3.org/2000/svg', 'use');
  svg.setAttribute('class', 'icon');
  svg.setAttribute('aria-hidden', 'true');
  use.setAttribute('href', `${sprite}#${name}`);
  svg.append(use);
  return svg;
}
