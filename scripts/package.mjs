// npm run package [-- electron-builder's arguments]: builds the app and packages it into release/; without arguments
// .deb and .tar.gz on Linux, what electron-builder.yml names elsewhere. Where the official Electron is out of reach it
// packages the runtime for tests, to test the packaging: never publish that.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildAll, isStale } from './build.mjs';
import { electronRuntime } from './electron-runtime.mjs';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const require = createRequire(import.meta.url);

const asked = process.argv.slice(2);
const args = asked.length ? asked : process.platform === 'linux' ? ['--linux', 'deb', 'tar.gz'] : [];
const env = { ...process.env };

if (isStale()) await buildAll();
if (process.platform === 'linux' && args.some((argument) => argument === '--linux' || argument === '-l')) {
  const { dist, source } = await electronRuntime();
  if (source !== 'official') {
    const version = readFileSync(path.join(dist, 'version'), 'utf8').trim();
    args.push(`-c.electronDist=${dist}`, `-c.electronVersion=${version}`);
    const sevenZip = ['/usr/bin/7zz', '/usr/bin/7za'].find((file) => existsSync(file));
    if (sevenZip) env.ELECTRON_BUILDER_7ZIP_PATH ??= sevenZip;
    else if (!asked.length) {
      args.splice(args.indexOf('tar.gz'), 1);
      console.error("package: no .tar.gz: that needs Debian's package 7zip here");
    }
    env.CUSTOM_FPM_PATH ??= path.join(ROOT, 'scripts/fpm.mjs');
    env.ELECTRON_BUILDER_COMPRESSION_LEVEL ??= '1';
    console.error(`package: NOT FOR RELEASE: packaging Electron ${version} (${source})`);
  }
}
const cli = path.join(path.dirname(require.resolve('electron-builder/package.json')), 'cli.js');
const { status } = spawnSync(process.execPath, [cli, '--publish', 'never', ...args], {
  cwd: ROOT,
  stdio: 'inherit',
  env,
});
process.exit(status ?? 1);
