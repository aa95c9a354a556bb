import { InvalidUint64List } from './invalid-uint64-list.js';
import { byteOf, endOfValue, textOfString, walkFields } from './json-bytes.js';
import { shortened } from './printable.js';
import { readUint64List } from './read-uint64-list.js';
import { Uint64List } from './uint64-list.js';

export interface TakenLists {
  /** The lists by their names. */
  readonly lists: ReadonlyMap<string, TakenList>;
  /** The text with `null` in the place of each list; JSON if, and only if, the whole text is. */
  readonly rest: string;
}

type TakenList = Uint64List | InvalidUint64List;

/**
 * Takes the lists of these names out of the outermost object of a JSON text, before anybody makes rounded numbers or
 * bigints of their digits. One pass over the bytes, whatever they are: no text makes it slow. Where a name stands
 * twice, the last one counts, as in `JSON.parse`.
 *
 * The text is not checked outside of the lists. That is left to who parses the rest.
 *
 * @param body UTF-8
 * @throws SyntaxError where a list, or a name, is no JSON
 */
export function takeUint64Lists(body: Buffer, names: readonly string[]): TakenLists {
  const lists = new Map<string, TakenList>();
  let rest = '';
  let restFrom = 0;
  walkFields(body, (nameAt, nameEnd, valueAt) => {
    const isList = body[valueAt] === byteOf.openList;
    // Nobody asks for the name of another value, unless it takes the place of a list.
    const name = isList || lists.size > 0 ? textOfString(body, nameAt, nameEnd) : '';
    if (!isList || !names.includes(name)) {
      lists.delete(name);
      return endOfValue(body, valueAt);
    }
    const { list, end } = takeList(body, valueAt);
    lists.set(name, list);
    rest += `${body.toString('utf8', restFrom, valueAt)}null`;
    restFrom = end;
    return end;
  });
  return { lists, rest: rest + body.toString('utf8', restFrom) };
}

function takeList(body: Buffer, at: number): { list: TakenList; end: number } {
  const closing = body.indexOf(byteOf.closeList, at);
  if (closing === -1) throw new SyntaxError('a list without an end');
  const read = readUint64List(body, at + 1, closing);
  if (read instanceof Uint64List) return { list: read, end: closing + 1 };
  const end = endOfValue(body, at);
  // What goes out of the text is checked here, or nobody would.
  JSON.parse(body.toString('utf8', at, end));
  return { list: new InvalidUint64List(read.index, elementText(body, read.at)), end };
}

function elementText(body: Buffer, at: number): string {
  if (body[at] === byteOf.openList) return 'a list';
  if (body[at] === byteOf.openObject) return 'an object';
  return shortened(body.toString('utf8', at, endOfValue(body, at)));
}
