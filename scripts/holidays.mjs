// Writes Kernel/Data/holidays.csv: the State Council's holidays and make-up working days, one row a day.
// Run by hand when the package carries a new year: node scripts/holidays.mjs
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { require, writeCsv } from './support.mjs';

const years = join(dirname(require.resolve('chinese-days')), 'years');
const rows = [];
for (let year = 2020; year <= 2035; year++) {
  const file = join(years, `${year}.json`);
  if (!existsSync(file)) break;
  const { holidays, workdays } = JSON.parse(readFileSync(file, 'utf8'));
  for (const [kind, days] of [['holiday', holidays], ['workday', workdays]])
    for (const [date, text] of Object.entries(days)) {
      const [nameEn, nameZh] = text.split(',');
      rows.push([date, kind, nameZh, nameEn]);
    }
}
rows.sort((a, b) => (a[0] < b[0] ? -1 : 1));
writeCsv('Kernel/Data/holidays.csv', ['date', 'kind', 'name_zh', 'name_en'], rows);
