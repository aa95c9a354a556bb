/** A lock that processes of one machine share by a file; it ends with its holder, however that ends. */
import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

const pollMs = 200;

/**
 * Waits for the lock and holds it until this process exits. To take a lock that one already holds is to have it.
 *
 * @param {string} file where the holder writes its process id
 * @param {(holder: number) => void} onWait is told once who holds the lock
 */
export async function lock(file, onWait) {
  for (let hasTold = false; !take(file); await sleep(pollMs)) {
    const holder = holderOf(file);
    if (holder === process.pid) return;
    if (holder === undefined) continue;
    if (!isAlive(holder)) {
      removeOf(holder, file);
      continue;
    }
    if (!hasTold) onWait(holder);
    hasTold = true;
  }
}

function take(file) {
  try {
    writeFileSync(file, String(process.pid), { flag: 'wx' });
  } catch (error) {
    if (error.code === 'EEXIST') return false;
    throw error;
  }
  process.on('exit', () => rmSync(file, { force: true }));
  return true;
}

/** @returns undefined while the file is just being written or removed */
function holderOf(file) {
  try {
    return Number(readFileSync(file, 'utf8')) || undefined;
  } catch {
    return undefined;
  }
}

/** Removes a dead holder's lock. Another process may have done so, and taken the lock, a moment ago. */
function removeOf(deadHolder, file) {
  const aside = `${file}.${process.pid}`;
  try {
    renameSync(file, aside);
  } catch {
    return;
  }
  if (holderOf(aside) === deadHolder) rmSync(aside, { force: true });
  else renameSync(aside, file);
}

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}
