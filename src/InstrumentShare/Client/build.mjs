// Bundles scripts, styles and icons into ../wwwroot/dist. Run by the build of the program; by hand: npm run build
import { build } from 'esbuild';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const client = dirname(fileURLToPath(import.meta.url));
const dist = join(client, '..', 'wwwroot', 'dist');

/** One SVG file of symbols, so that a page names an icon by <icon name="…"> and the browser fetches the file once. */
function spriteOf(names) {
  const symbols = names.map((name) => {
    const file = join(client, 'node_modules', '@tabler', 'icons', 'icons', 'outline', `${name}.svg`);
    if (!existsSync(file)) throw new Error(`icons.txt: no icon is called ${name}`);
    const body = readFileSync(file, 'utf8').replace(/^[\s\S]*?<svg[^>]*>/, '').replace('</svg>', '').replace(/\s*\n\s*/g, '');
    return `<symbol id="${name}" viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="1.75" stroke-linecap="round" stroke-linejoin="round">${body}</symbol>`;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg">${symbols.join('\n')}</svg>\n`;
}

const icons = readFileSync(join(client, 'icons.txt'), 'utf8').split('\n').map((line) => line.trim()).filter(Boolean);
const sprite = spriteOf(icons);

rmSync(dist, { recursive: true, force: true });
await build({
  absWorkingDir: client,
  entryPoints: { app: 'src/app.ts', theme: 'src/theme.ts' },
  outdir: dist,
  bundle: true,
  splitting: true,
  format: 'esm',
  minify: true,
  target: ['es2022'],
  chunkNames: '[name]-[hash]',
  legalComments: 'linked',
  logLevel: 'warning',
});
await build({
  absWorkingDir: client,
  entryPoints: { app: 'styles/app.css' },
  outdir: dist,
  bundle: true,
  minify: true,
  target: ['chrome123', 'firefox120', 'safari17.5'],
  legalComments: 'linked',
  logLevel: 'warning',
});
writeFileSync(join(dist, 'icons.svg'), sprite);
