/** States fall into this many buckets by their key, the same on every replica. */
export const bucketCount = 256;

const textPattern = /^[0-9a-f]{4096}$/;
const hexDigits = 8;

/**
 * What a replica knows, in 256 sums of hashes: equal knowledge gives equal sums, in whatever order it came. Two
 * replicas that compare digests learn which buckets differ, and exchange those alone (anti-entropy by hashed
 * ranges, as in Dynamo: DeCandia et al., 2007, flat rather than a tree).
 */
export class StateDigest {
  readonly #high = new Uint32Array(bucketCount);
  readonly #low = new Uint32Array(bucketCount);

  /** Counts one state in: 64 bits of hash over its key and everything known. */
  add(bucket: number, hashHigh: number, hashLow: number): void {
    this.#high[bucket]! += hashHigh;
    this.#low[bucket]! += hashLow;
  }

  /** @returns the buckets that differ, in ascending order */
  differencesTo(other: StateDigest): number[] {
    const differing: number[] = [];
    for (let bucket = 0; bucket < bucketCount; bucket++) {
      const isSame = this.#high[bucket] === other.#high[bucket] && this.#low[bucket] === other.#low[bucket];
      if (!isSame) differing.push(bucket);
    }
    return differing;
  }

  toText(): string {
    let text = '';
    for (let bucket = 0; bucket < bucketCount; bucket++) {
      text += hex(this.#high[bucket]!) + hex(this.#low[bucket]!);
    }
    return text;
  }

  /** @returns undefined for text that is no digest */
  static fromText(text: string): StateDigest | undefined {
    if (!textPattern.test(text)) return undefined;
    const digest = new StateDigest();
    for (let bucket = 0; bucket < bucketCount; bucket++) {
      const at = bucket * 2 * hexDigits;
      digest.#high[bucket] = parseInt(text.slice(at, at + hexDigits), 16);
      digest.#low[bucket] = parseInt(text.slice(at + hexDigits, at + 2 * hexDigits), 16);
    }
    return digest;
  }
}

function hex(word: number): string {
  return word.toString(16).padStart(hexDigits, '0');
}
