import { RecencyLinks, type RecencyList, emptyList } from './recency-links.js';
import { Records, none } from './records.js';

/** Words of a block: what it is, and its places among all blocks and among its engine's. */
const prefix = 0;
const owner = 1;
const older = 2;
const newer = 3;
const olderOfOwner = 4;
const newerOfOwner = 5;
const blockWords = 6;

/** Stands for the engine of a bookmark. */
const noOwner = none;

/** Whose blocks they are. */
export interface BlockOwner {
  readonly number: number;
  readonly blocks: RecencyList;
}

/** The blocks of all engines, each one prefix that one engine holds, by number and in the order of their use. */
export class Blocks {
  readonly #records = new Records(blockWords);
  readonly #links = new RecencyLinks(this.#records, older, newer);
  readonly #ownerLinks = new RecencyLinks(this.#records, olderOfOwner, newerOfOwner);
  readonly #all = emptyList();

  /** @returns the number of the block, which is now the most recently used */
  addNewest(prefixNumber: number, engine: BlockOwner): number {
    const block = this.#make(prefixNumber, engine.number);
    this.#links.addNewest(this.#all, block);
    this.#ownerLinks.addNewest(engine.blocks, block);
    return block;
  }

  /** @returns the number of the block, which is now the least recently used */
  addOldest(prefixNumber: number, engine: BlockOwner): number {
    const block = this.#make(prefixNumber, engine.number);
    this.#links.addOldest(this.#all, block);
    this.#ownerLinks.addOldest(engine.blocks, block);
    return block;
  }

  /** The block was used again. */
  touch(block: number, engine: BlockOwner): void {
    this.#links.moveToNewest(this.#all, block);
    this.#ownerLinks.moveToNewest(engine.blocks, block);
  }

  remove(block: number, engine: BlockOwner): void {
    this.#links.remove(this.#all, block);
    this.#ownerLinks.remove(engine.blocks, block);
    this.#records.free(block);
  }

  prefixOf(block: number): number {
    return this.#word(block, prefix);
  }

  ownerOf(block: number): number {
    return this.#word(block, owner);
  }

  /** @returns the least recently used blocks, of all or of one engine, the oldest first */
  oldest(count: number, engine?: BlockOwner): number[] {
    const links = engine === undefined ? this.#links : this.#ownerLinks;
    const list = engine === undefined ? this.#all : engine.blocks;
    const blocks: number[] = [];
    for (let block = list.oldest; block !== none && blocks.length < count; block = links.newerThan(block)) {
      if (!this.#isBookmark(block)) blocks.push(block);
    }
    return blocks;
  }

  /** Puts a bookmark before all blocks. It keeps its place while blocks come, go and move. */
  addBookmark(): number {
    const bookmark = this.#make(none, noOwner);
    this.#links.addNewest(this.#all, bookmark);
    return bookmark;
  }

  removeBookmark(bookmark: number): void {
    this.#links.remove(this.#all, bookmark);
    this.#records.free(bookmark);
  }

  /** The blocks behind the bookmark, the most recently used first; the bookmark goes along, behind each that is taken. */
  takeBehind(bookmark: number, count: number): number[] {
    const taken: number[] = [];
    let last = bookmark;
    for (let block = this.#links.olderThan(bookmark); block !== none && taken.length < count;) {
      if (!this.#isBookmark(block)) taken.push(block);
      last = block;
      block = this.#links.olderThan(block);
    }
    if (last !== bookmark) {
      this.#links.remove(this.#all, bookmark);
      this.#links.addBehind(this.#all, last, bookmark);
    }
    return taken;
  }

  get bytes(): number {
    return this.#records.bytes;
  }

  #make(prefixNumber: number, ownerNumber: number): number {
    const block = this.#records.take();
    const words = this.#records.chunkOf(block);
    const at = this.#records.offsetOf(block);
    words[at + prefix] = prefixNumber;
    words[at + owner] = ownerNumber;
    return block;
  }

  #isBookmark(block: number): boolean {
    return this.ownerOf(block) === noOwner;
  }

  #word(block: number, word: number): number {
    return this.#records.chunkOf(block)[this.#records.offsetOf(block) + word]!;
  }
}
