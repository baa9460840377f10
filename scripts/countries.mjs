// Makes the list of countries and regions of ISO 3166-1 with the names that people here use for them, from the names
// that Node carries (CLDR). Run by hand: node scripts/countries.mjs
import { writeCsv } from './support.mjs';

// Codes that CLDR names but ISO 3166-1 does not list: withdrawn, reserved, made up.
const others = new Set(['AC', 'AN', 'BU', 'CP', 'CQ', 'CS', 'CT', 'DD', 'DG', 'DY', 'EA', 'EU', 'EZ', 'FQ', 'FX', 'HV', 'IC', 'JT', 'MI', 'NH',
  'NQ', 'NT', 'PC', 'PU', 'PZ', 'QO', 'RH', 'SU', 'TA', 'TP', 'UK', 'UN', 'VD', 'WK', 'XA', 'XB', 'XK', 'YD', 'YU', 'ZR', 'ZZ']);

// As the national platform writes them.
const own = {
  CN: ['中国', 'China'], HK: ['中国香港', 'Hong Kong, China'], MO: ['中国澳门', 'Macao, China'], TW: ['中国台湾', 'Taiwan, China'],
};

const [chinese, english] = ['zh-Hans', 'en'].map((language) => new Intl.DisplayNames(language, { type: 'region', fallback: 'none' }));
const letters = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZ'];
const codes = letters.flatMap((a) => letters.map((b) => a + b)).filter((code) => !others.has(code) && english.of(code));
writeCsv('Catalog/Data/countries.csv', ['code', 'name_zh', 'name_en'], codes.map((code) => [code, ...(own[code] ?? [chinese.of(code), english.of(code)])]));
console.log(codes.length);
