import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/** Calls that a client may send on one connection before it has read the answer to the first. */
const maxPipelined = 32;

/** Kept on the socket itself: it is asked for on every call. */
const pipeline = Symbol('pipeline');
type PipelinedSocket = Socket & { [pipeline]?: Pipeline };

interface Pipeline {
  /** The answer to the latest call. */
  last: ServerResponse | undefined;
  /** Calls that wait for their turn. */
  waiting: number;
}

/**
 * Lets the calls of a connection in one after the other. Node parses all that a client has pipelined at once;
 * without this a GET would overtake the POST before it, whose body is still being read (RFC 9112, section 9.3.2,
 * allows that for safe methods only), and a client that never reads would fill the memory with answers.
 */
export class Pipelines {
  /** Calls `enter` when its turn comes: at once, unless an earlier call of the connection is not answered yet. */
  enqueue(request: IncomingMessage, answer: ServerResponse, enter: () => void): void {
    const { socket } = request;
    const own = pipelineOf(socket);
    const previous = own.last;
    own.last = answer;
    if (previous === undefined || previous.closed) {
      if (canAnswer(socket)) enter();
      return;
    }
    if (++own.waiting > maxPipelined) {
      socket.destroy();
      return;
    }
    previous.once('close', () => {
      own.waiting--;
      if (canAnswer(socket)) enter();
    });
  }

  /** @returns whether the call may enter now; if not, nothing has changed */
  enterAtOnce({ socket }: IncomingMessage, answer: ServerResponse): boolean {
    const own = pipelineOf(socket);
    if (own.last?.closed === false || !canAnswer(socket)) return false;
    own.last = answer;
    return true;
  }
}

function pipelineOf(socket: PipelinedSocket): Pipeline {
  return (socket[pipeline] ??= { last: undefined, waiting: 0 });
}

/** After the last answer of a connection nobody would see another: then better not to act at all. */
function canAnswer(socket: Socket): boolean {
  return !socket.destroyed && !socket.writableEnded;
}
