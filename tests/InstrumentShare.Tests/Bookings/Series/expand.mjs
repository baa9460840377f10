// Reads [{start, rule}] from standard input and answers what the package rrule says of each, for a test to compare.
import { createRequire } from 'node:module';
import { readFileSync } from 'node:fs';

const { RRule } = createRequire(process.argv[2] + '/')('rrule');
const most = 366;

const answers = JSON.parse(readFileSync(0, 'utf8')).map(({ start, rule }) => {
  const dates = [];
  const options = RRule.parseString(rule);
  // Without an end the package looks for a 30th of February to the year 9999.
  const until = options.until ?? new Date(Date.parse(start) + 731 * 86_400_000);
  new RRule({ ...options, until, dtstart: new Date(start) }).all((date) => {
    if (dates.length >= most) return false;
    dates.push(date.toISOString().slice(0, 19));
    return true;
  });
  return dates;
});
process.stdout.write(JSON.stringify(answers));
