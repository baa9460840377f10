// Shared by the data scripts: the packages live beside the client, the data files beside the modules that read them.
import { createRequire } from 'node:module';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';

const source = new URL('../src/InstrumentShare/', import.meta.url);

/** Packages are resolved from the client's node_modules. */
export const require = createRequire(new URL('Client/package.json', source));

export const dataFile = (path) => fileURLToPath(new URL(path, source));

const quote = (value) => (/[",\n]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value);

export function writeCsv(path, header, rows) {
  const file = dataFile(path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, [header, ...rows].map((row) => row.map(quote).join(',')).join('\n') + '\n');
  console.log(`${path}: ${rows.length} rows`);
}

/** Reads a CSV whose fields hold no line breaks. */
export function readCsv(path) {
  const [header, ...rows] = readFileSync(dataFile(path), 'utf8').trimEnd().split('\n').map(splitLine);
  return rows.map((row, index) => {
    if (row.length !== header.length) throw new Error(`${path}:${index + 2}: ${row.length} fields, expected ${header.length}`);
    return Object.fromEntries(header.map((name, i) => [name, row[i]]));
  });
}

function splitLine(line) {
  const fields = [...line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g)];
  return fields.map(([, quoted, plain]) => (quoted === undefined ? plain : quoted.replaceAll('""', '"')));
}
