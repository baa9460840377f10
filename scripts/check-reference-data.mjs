// Checks the data files that are kept by hand or made by the scripts beside this one: unique codes, names in both
// languages, every parent present, no cycle. Exits with 1 and the list of faults.
// Run by hand after a change: node scripts/check-reference-data.mjs
import { readCsv } from './support.mjs';

const faults = [];

function checkCodes(path, rows, pattern) {
  const seen = new Set();
  for (const { code, name_zh, name_en } of rows) {
    if (!pattern.test(code)) faults.push(`${path}: ${code} is not a code`);
    if (seen.has(code)) faults.push(`${path}: ${code} stands twice`);
    if (!name_zh?.trim() || !name_en?.trim()) faults.push(`${path}: ${code} lacks a name`);
    seen.add(code);
  }
}

function checkTree(path, rows) {
  const parents = new Map(rows.map((row) => [row.code, row.parent_code]));
  for (const { code } of rows) {
    const line = new Set();
    for (let at = code; at; at = parents.get(at)) {
      if (!parents.has(at)) { faults.push(`${path}: ${code} has no parent ${at}`); break; }
      if (line.has(at)) { faults.push(`${path}: ${code} is its own ancestor`); break; }
      line.add(at);
    }
  }
}

const files = [
  ['Catalog/Data/classification.csv', /^\d{6}$/, true],
  ['Catalog/Data/subjects.csv', /^\d{3}$/, false],
  ['Catalog/Data/countries.csv', /^[A-Z]{2}$/, false],
  ['Access/Data/regions.csv', /^CN-\d{2}(\d{2}){0,2}$/, true],
];
for (const [path, pattern, isTree] of files) {
  const rows = readCsv(path);
  checkCodes(path, rows, pattern);
  if (isTree) checkTree(path, rows);
  console.log(`${path}: ${rows.length} rows`);
}
console.log(faults.length ? faults.join('\n') : 'no faults');
process.exit(faults.length ? 1 : 0);
