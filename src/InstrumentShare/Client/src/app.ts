// What every page loads. The page works without it; this makes it quick and pleasant.
import 'htmx.org';
import { enhanceForms } from './forms';
import { enhanceMenus } from './menus';
import { enhanceThemeSwitch } from './themeSwitch';
import { enhanceSmallThings } from './smallThings';

enhanceForms(document);
enhanceMenus(document);
enhanceThemeSwitch(document);
enhanceSmallThings(document);

// The calendar and the charts are large: only pages that show one fetch them.
if (document.querySelector('[data-calendar]')) void import('./calendar').then((m) => m.enhanceCalendars(document));
if (document.querySelector('[data-timeline]')) void import('./timeline').then((m) => m.enhanceTimelines(document));
if (document.querySelector('[data-chart]')) void import('./chart').then((m) => m.enhanceCharts(document));

const kiosk = document.querySelector<HTMLElement>('[data-kiosk="idle"], [data-kiosk="person"]');
if (kiosk) void import('./kiosk').then((m) => m.enhanceKiosk(kiosk));
