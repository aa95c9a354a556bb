import { type Records, none } from './records.js';

/** The ends of a list of records, the most recently used first. */
export interface RecencyList {
  newest: number;
  oldest: number;
}

export function emptyList(): RecencyList {
  return { newest: none, oldest: none };
}

/** Keeps records in the order of their use, in lists that share two words of each record. */
export class RecencyLinks {
  /**
   * @param older the word with the record that was used before
   * @param newer the word with the record that was used after
   */
  constructor(
    private readonly records: Records,
    private readonly older: number,
    private readonly newer: number,
  ) {}

  olderThan(record: number): number {
    return this.#get(record, this.older);
  }

  newerThan(record: number): number {
    return this.#get(record, this.newer);
  }

  addNewest(list: RecencyList, record: number): void {
    this.#set(record, this.newer, none);
    this.#set(record, this.older, list.newest);
    if (list.newest === none) list.oldest = record;
    else this.#set(list.newest, this.newer, record);
    list.newest = record;
  }

  addOldest(list: RecencyList, record: number): void {
    this.#set(record, this.older, none);
    this.#set(record, this.newer, list.oldest);
    if (list.oldest === none) list.newest = record;
    else this.#set(list.oldest, this.older, record);
    list.oldest = record;
  }

  /** Puts a record behind one that is in the list. */
  addBehind(list: RecencyList, place: number, record: number): void {
    const older = this.olderThan(place);
    if (older === none) {
      this.addOldest(list, record);
      return;
    }
    this.#set(record, this.newer, place);
    this.#set(record, this.older, older);
    this.#set(place, this.older, record);
    this.#set(older, this.newer, record);
  }

  remove(list: RecencyList, record: number): void {
    const older = this.olderThan(record);
    const newer = this.newerThan(record);
    if (older === none) list.oldest = newer;
    else this.#set(older, this.newer, newer);
    if (newer === none) list.newest = older;
    else this.#set(newer, this.older, older);
  }

  moveToNewest(list: RecencyList, record: number): void {
    if (list.newest === record) return;
    this.remove(list, record);
    this.addNewest(list, record);
  }

  #get(record: number, word: number): number {
    return this.records.chunkOf(record)[this.records.offsetOf(record) + word]!;
  }

  #set(record: number, word: number, value: number): void {
    this.records.chunkOf(record)[this.records.offsetOf(record) + word] = value;
  }
}
