import type { Mesh } from './mesh.js';
import type { Random } from './ports/random.js';

/** @returns any of the ready peers that were not tried yet, so that joiners do not all ask the same one */
export function nextDonor(mesh: Mesh, random: Random, tried: ReadonlySet<string>): string | undefined {
  const untried = mesh.readyPeers().filter((peer) => !tried.has(peer));
  return untried[Math.floor(random.next() * untried.length)];
}
