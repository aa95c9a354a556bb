import { type RemoteInfo, type Socket as UdpSocket, createSocket } from 'node:dgram';
import { once } from 'node:events';
import { type AddressInfo, type Server, type Socket, createServer } from 'node:net';
import {
  type DecodedPacket,
  type Packet,
  TRUNCATED_RESPONSE,
  decode,
  encode,
  streamEncode,
} from 'dns-packet';

/** @returns the answer to a question; undefined where none is to be given */
export type Answering = (question: DecodedPacket) => Packet | undefined;

/** What fits into a datagram where the question does not say more (RFC 1035, 4.2.1). */
const leastDatagramBytes = 512;
const attempts = 20;

/** One port of UDP and TCP on which DNS questions are answered. Anything else that comes in is dropped. */
export class DnsSockets {
  readonly #udp: UdpSocket = createSocket('udp4');
  readonly #tcp: Server = createServer((socket) => this.#serve(socket));
  readonly #connections = new Set<Socket>();

  private constructor(private readonly answering: Answering) {
    this.#udp.on('message', (message, from) => this.#answerDatagram(message, from));
  }

  /** @param port 0 for one that is free */
  static async open(host: string, port: number, answering: Answering): Promise<DnsSockets> {
    for (let attempt = 1; ; attempt++) {
      const sockets = new DnsSockets(answering);
      try {
        await sockets.#listen(host, port);
        return sockets;
      } catch (error) {
        await sockets.close();
        // A port that is free on UDP may be taken on TCP.
        if (port !== 0 || attempt === attempts) throw error;
      }
    }
  }

  get address(): AddressInfo {
    return this.#udp.address();
  }

  async close(): Promise<void> {
    for (const connection of this.#connections) connection.destroy();
    await Promise.all([
      new Promise<void>((resolve) => void this.#udp.close(resolve)),
      new Promise<void>((resolve) => void this.#tcp.close(() => resolve())),
    ]);
  }

  async #listen(host: string, port: number): Promise<void> {
    this.#udp.bind(port, host);
    await once(this.#udp, 'listening');
    this.#tcp.listen(this.address.port, host);
    await once(this.#tcp, 'listening');
  }

  #answerDatagram(message: Buffer, from: RemoteInfo): void {
    const question = decoded(message);
    const answer = question && this.answering(question);
    if (question === undefined || answer === undefined) return;
    const bytes = encode(answer);
    const fits = bytes.length <= datagramBytes(question);
    this.#udp.send(fits ? bytes : encode(cutShort(answer)), from.port, from.address);
  }

  #serve(socket: Socket): void {
    this.#connections.add(socket);
    socket.on('close', () => this.#connections.delete(socket));
    socket.on('error', () => socket.destroy());
    let held: Buffer = Buffer.alloc(0);
    socket.on('data', (chunk: Buffer) => {
      held = Buffer.concat([held, chunk]);
      while (held.length >= 2 && held.length >= 2 + held.readUInt16BE(0)) {
        const end = 2 + held.readUInt16BE(0);
        const question = decoded(held.subarray(2, end));
        const answer = question && this.answering(question);
        if (answer !== undefined) socket.write(streamEncode(answer));
        held = held.subarray(end);
      }
    });
  }
}

function decoded(message: Buffer): DecodedPacket | undefined {
  try {
    return decode(message);
  } catch {
    return undefined;
  }
}

/** How much the asker takes in a datagram (EDNS, RFC 6891). */
function datagramBytes({ additionals = [] }: DecodedPacket): number {
  const edns = additionals.find((record) => record.type === 'OPT');
  return Math.max(edns?.udpPayloadSize ?? 0, leastDatagramBytes);
}

/** Tells the asker to come back by TCP. */
function cutShort(answer: Packet): Packet {
  return { ...answer, flags: (answer.flags ?? 0) | TRUNCATED_RESPONSE, answers: [] };
}
