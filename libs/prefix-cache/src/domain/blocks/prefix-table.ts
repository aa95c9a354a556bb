import type { HashChain } from '../hash-chain.js';
import { HolderLists } from './holder-lists.js';
import { murmur3 } from './murmur3.js';
import { Records, none } from './records.js';

/** Words of a prefix. */
const cluster = 0;
const high = 1;
const low = 2;
/** The next prefix of the same bucket. */
const next = 3;
const holders = 4;
const holderCount = 5;
const prefixWords = 6;

/**
 * Prefixes that are looked up side by side: the table is far larger than the processor's caches, so that each step of a
 * look-up waits for memory, and steps that do not depend on each other wait at the same time.
 */
export const batchSize = 64;

/** Buckets of one chunk. */
const chunkBits = 14;
const chunkBuckets = 1 << chunkBits;

/**
 * Which engines hold which prefix of which cluster. A prefix is there while somebody holds it; it has a number for so
 * long.
 *
 * A hash table that grows by a batch of buckets for each batch of prefixes (linear hashing: Litwin, "Linear hashing: a
 * new tool for file and table addressing", 1980), so that no call ever pays for moving all of it. Buckets 0 to `#split`
 * and their images above `#mask` are divided already, the others still hold both halves.
 */
export class PrefixTable {
  readonly #prefixes = new Records(prefixWords);
  readonly #holders = new HolderLists();
  readonly #heads: Uint32Array[] = [emptyBuckets()];
  #mask = chunkBuckets - 1;
  #split = 0;
  #size = 0;
  /** Of the last {@link findAll}, and of what is read ahead. */
  readonly #found = new Uint32Array(batchSize);
  readonly #ahead = new Uint32Array(batchSize);

  /** @param seed 32 random bits: nobody can choose hashes that all fall into one bucket */
  constructor(private readonly seed: number) {}

  /** @returns the prefix's number, or {@link none} */
  find(clusterNumber: number, hashHigh: number, hashLow: number): number {
    let prefix = this.#head(this.#bucketOf(clusterNumber, hashHigh, hashLow));
    while (prefix !== none && !this.#is(prefix, clusterNumber, hashHigh, hashLow))
      prefix = this.#word(prefix, next);
    return prefix;
  }

  /**
   * Finds the prefixes of a part of a chain side by side: {@link batchSize} places at most.
   *
   * @returns what {@link find} would, place by place; overwritten by the next call
   */
  findAll(clusterNumber: number, chain: HashChain, from: number, to: number): Uint32Array {
    const found = this.#found;
    const count = to - from;
    for (let i = 0; i < count; i++)
      found[i] = this.#bucketOf(clusterNumber, chain.high[from + i]!, chain.low[from + i]!);
    for (let i = 0; i < count; i++) found[i] = this.#head(found[i]!);
    for (let isDone = false; !isDone;) {
      isDone = true;
      for (let i = 0; i < count; i++) {
        const prefix = found[i]!;
        if (prefix === none || this.#is(prefix, clusterNumber, chain.high[from + i]!, chain.low[from + i]!))
          continue;
        found[i] = this.#word(prefix, next);
        isDone = false;
      }
    }
    return found;
  }

  /** Adds a prefix that is not there; its first holder must follow at once. @returns its number */
  add(clusterNumber: number, hashHigh: number, hashLow: number): number {
    const prefix = this.#prefixes.take();
    const words = this.#prefixes.chunkOf(prefix);
    const at = this.#prefixes.offsetOf(prefix);
    const bucket = this.#bucketOf(clusterNumber, hashHigh, hashLow);
    words[at + cluster] = clusterNumber;
    words[at + high] = hashHigh;
    words[at + low] = hashLow;
    words[at + next] = this.#head(bucket);
    words[at + holderCount] = 0;
    this.#setHead(bucket, prefix);
    this.#size++;
    if (this.#size >= this.#mask + 1 + this.#split + batchSize) this.#splitBuckets();
    return prefix;
  }

  hashHigh(prefix: number): number {
    return this.#word(prefix, high);
  }

  hashLow(prefix: number): number {
    return this.#word(prefix, low);
  }

  holderCount(prefix: number): number {
    return this.#word(prefix, holderCount);
  }

  /** The words among which the engines lie that hold the prefix, from {@link holdersAt} on. */
  holderWords(prefix: number): Uint32Array {
    return this.#holders.wordsOf(this.#word(prefix, holders), this.holderCount(prefix));
  }

  holdersAt(prefix: number): number {
    return this.#holders.offsetOf(this.#word(prefix, holders), this.holderCount(prefix));
  }

  /** @returns the block by which the engine holds the prefix, or {@link none} */
  blockOf(prefix: number, engine: number): number {
    return this.#holders.blockOf(this.#word(prefix, holders), this.holderCount(prefix), engine);
  }

  /** The engine must not hold the prefix yet. */
  addHolder(prefix: number, engine: number, block: number): void {
    const words = this.#prefixes.chunkOf(prefix);
    const at = this.#prefixes.offsetOf(prefix);
    const count = words[at + holderCount]!;
    words[at + holders] = this.#holders.add(words[at + holders]!, count, engine, block);
    words[at + holderCount] = count + 1;
  }

  /** The engine must hold the prefix; with its last holder the prefix goes. */
  removeHolder(prefix: number, engine: number): void {
    const words = this.#prefixes.chunkOf(prefix);
    const at = this.#prefixes.offsetOf(prefix);
    const count = words[at + holderCount]!;
    words[at + holders] = this.#holders.remove(words[at + holders]!, count, engine);
    words[at + holderCount] = count - 1;
    if (count === 1) this.#delete(prefix);
  }

  /** Gets side by side into the caches what removing a holder of each needs; {@link batchSize} prefixes at most. */
  readAhead(prefixes: readonly number[]): void {
    let count = 0;
    for (const prefix of prefixes) {
      const words = this.#prefixes.chunkOf(prefix);
      const at = this.#prefixes.offsetOf(prefix);
      if (words[at + holderCount] === 1)
        this.#ahead[count++] = this.#bucketOf(words[at + cluster]!, words[at + high]!, words[at + low]!);
    }
    this.#readBuckets(count);
  }

  get bytes(): number {
    const headBytes = this.#heads.length * chunkBuckets * Uint32Array.BYTES_PER_ELEMENT;
    return this.#prefixes.bytes + this.#holders.bytes + headBytes;
  }

  #delete(prefix: number): void {
    const words = this.#prefixes.chunkOf(prefix);
    const at = this.#prefixes.offsetOf(prefix);
    const bucket = this.#bucketOf(words[at + cluster]!, words[at + high]!, words[at + low]!);
    const following = words[at + next]!;
    let before = this.#head(bucket);
    if (before === prefix) this.#setHead(bucket, following);
    else {
      while (this.#word(before, next) !== prefix) before = this.#word(before, next);
      this.#setNext(before, following);
    }
    this.#prefixes.free(prefix);
    this.#size--;
  }

  #splitBuckets(): void {
    for (let i = 0; i < batchSize; i++) this.#ahead[i] = this.#split + i;
    this.#readBuckets(batchSize);
    for (let i = 0; i < batchSize; i++) this.#splitOneBucket();
  }

  /** Reads the prefixes of the buckets in `#ahead`. What it reads it writes there, lest the compiler leave it out. */
  #readBuckets(count: number): void {
    const ahead = this.#ahead;
    for (let i = 0; i < count; i++) ahead[i] = this.#head(ahead[i]!);
    for (let left = count; left > 0;) {
      let unread = 0;
      for (let i = 0; i < left; i++) {
        const prefix = ahead[i]!;
        if (prefix !== none) ahead[unread++] = this.#word(prefix, next);
      }
      left = unread;
    }
  }

  #splitOneBucket(): void {
    const source = this.#split;
    const image = source + this.#mask + 1;
    if ((image & (chunkBuckets - 1)) === 0) this.#heads.push(emptyBuckets());
    const wideMask = this.#mask * 2 + 1;
    let prefix = this.#head(source);
    this.#setHead(source, none);
    while (prefix !== none) {
      const words = this.#prefixes.chunkOf(prefix);
      const at = this.#prefixes.offsetOf(prefix);
      const following = words[at + next]!;
      const hash = murmur3(this.seed, words[at + low]!, words[at + high]!, words[at + cluster]!);
      const bucket = (hash & wideMask) >>> 0;
      words[at + next] = this.#head(bucket);
      this.#setHead(bucket, prefix);
      prefix = following;
    }
    this.#split++;
    if (this.#split > this.#mask) {
      this.#mask = wideMask;
      this.#split = 0;
    }
  }

  #bucketOf(clusterNumber: number, hashHigh: number, hashLow: number): number {
    const hash = murmur3(this.seed, hashLow, hashHigh, clusterNumber);
    const bucket = hash & this.#mask;
    return bucket < this.#split ? hash & (this.#mask * 2 + 1) : bucket;
  }

  #is(prefix: number, clusterNumber: number, hashHigh: number, hashLow: number): boolean {
    const words = this.#prefixes.chunkOf(prefix);
    const at = this.#prefixes.offsetOf(prefix);
    return (
      words[at + low] === hashLow && words[at + high] === hashHigh && words[at + cluster] === clusterNumber
    );
  }

  #word(prefix: number, word: number): number {
    return this.#prefixes.chunkOf(prefix)[this.#prefixes.offsetOf(prefix) + word]!;
  }

  #setNext(prefix: number, following: number): void {
    this.#prefixes.chunkOf(prefix)[this.#prefixes.offsetOf(prefix) + next] = following;
  }

  #head(bucket: number): number {
    return this.#heads[bucket >>> chunkBits]![bucket & (chunkBuckets - 1)]!;
  }

  #setHead(bucket: number, prefix: number): void {
    this.#heads[bucket >>> chunkBits]![bucket & (chunkBuckets - 1)] = prefix;
  }
}

function emptyBuckets(): Uint32Array {
  return new Uint32Array(chunkBuckets).fill(none);
}
