/**
 * Brings a checkout to the state that a command needs: installs when the lock file changed, and with
 * `--build` compiles when a source changed; `--forget-build` says that something else will write to `dist`.
 * Several may run at once. Runs on the host's own Node (20 or later); everything after
 * it runs on the Node that the lock file pins. It is called from package.json's scripts rather than from
 * `pre…` scripts, which npm skips under `ignore-scripts`.
 */
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { lock } from './lock.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const pinnedNode = join(root, 'node_modules/.bin/node');
const sources = ['apps', 'libs', 'nest-cli.json', 'package.json', 'package-lock.json', 'tsconfig.json'];
const lockFile = join(root, '.prepare.lock');

function fail(message) {
  console.error(`prepare: ${message}`);
  process.exit(1);
}

async function run(command, args, purpose) {
  const child = spawn(command, args, { cwd: root, stdio: ['ignore', 2, 2] });
  // Whoever ends this script ends what it started: an orphan would go on to change node_modules.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  const [status] = await once(child, 'exit').catch((error) =>
    fail(`${purpose} could not start: ${error.message}`),
  );
  if (status !== 0) fail(`${purpose} failed; its output is above`);
}

function filesBelow(path) {
  const entries = readdirSync(join(root, path), { withFileTypes: true });
  return entries.flatMap((entry) =>
    entry.isDirectory() ? filesBelow(join(path, entry.name)) : [join(path, entry.name)],
  );
}

function digestOf(paths) {
  const hash = createHash('sha256').update(`${process.platform} ${process.arch}`);
  const files = paths.flatMap((path) => (path.includes('.') ? [path] : filesBelow(path)));
  for (const file of files.sort()) hash.update(`\0${file}\0`).update(readFileSync(join(root, file)));
  return hash.digest('hex');
}

function isDone(stamp, digest) {
  return existsSync(stamp) && existsSync(pinnedNode) && readFileSync(stamp, 'utf8') === digest;
}

/** Runs `work` unless `stampFile` says that it was done for the same `inputs`. */
async function onceFor(inputs, stampFile, work) {
  const stamp = join(root, stampFile);
  const digest = digestOf(inputs);
  if (isDone(stamp, digest)) return;
  await lock(lockFile, (holder) =>
    console.error(`prepare: waiting for process ${holder}, which installs or builds`),
  );
  if (isDone(stamp, digest)) return;
  // What is interrupted must not pass for what was there before.
  rmSync(stamp, { force: true });
  await work();
  writeFileSync(stamp, digest);
}

async function install() {
  console.error('prepare: installing what package-lock.json pins');
  // Under yarn or pnpm the variable names them.
  const npm = process.env.npm_execpath?.endsWith('npm-cli.js') ? process.env.npm_execpath : undefined;
  const args = ['ci', '--include=dev', '--include=optional', '--loglevel=error', '--no-audit', '--no-fund'];
  await run(npm ? process.execPath : 'npm', npm ? [npm, ...args] : args, 'npm ci');
  const { status, stderr, error } = spawnSync(pinnedNode, ['--version'], { encoding: 'utf8' });
  if (status !== 0) {
    fail(
      `the pinned Node does not run on this host (${(error?.message ?? stderr).trim()}). ` +
        'It needs Linux x64 or arm64 with glibc, or macOS arm64; on Debian and Ubuntu: apt-get install libatomic1',
    );
  }
}

async function build() {
  console.error('prepare: building');
  rmSync(join(root, 'dist'), { recursive: true, force: true });
  await run(pinnedNode, [join(root, 'node_modules/@nestjs/cli/bin/nest.js'), 'build', '--all'], 'nest build');
}

await onceFor(['package-lock.json'], 'node_modules/.installed', install);
if (process.argv.includes('--forget-build')) rmSync(join(root, 'dist/.built'), { force: true });
if (process.argv.includes('--build')) await onceFor(sources, 'dist/.built', build);
