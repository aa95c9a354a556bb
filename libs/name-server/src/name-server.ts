import { isIPv6 } from 'node:net';
import { AUTHORITATIVE_ANSWER, type DecodedPacket, type Packet, type Question } from 'dns-packet';
import { DnsSockets } from './dns-sockets.js';

/** An SRV record: a port at a target, which has addresses of its own. */
export interface ServiceRecord {
  readonly target: string;
  readonly port: number;
}

/** What the server does with a question: answers it from its records, fails, refuses, or says nothing. */
export type Mood = 'answer' | 'SERVFAIL' | 'REFUSED' | 'silent';

type RecordType = 'A' | 'AAAA' | 'SRV';
type RecordData = string | (ServiceRecord & { readonly priority: number; readonly weight: number });

const recordTypes: readonly RecordType[] = ['A', 'AAAA', 'SRV'];
const responseCodes = { answer: 0, SERVFAIL: 2, NXDOMAIN: 3, REFUSED: 5 } as const;

/**
 * A DNS server on UDP and TCP of one port, whose records and mood change as it runs. It answers for the names that
 * it was given (NXDOMAIN for all others) and asks nobody. Its answers are not to be cached.
 */
export class NameServer {
  readonly #records = new Map<string, Readonly<Partial<Record<RecordType, readonly RecordData[]>>>>();
  readonly #moods = new Map<RecordType, Mood>();
  #sockets!: DnsSockets;
  #questions = 0;

  private constructor() {}

  /**
   * @param host an IPv4 address of this machine
   * @param port 0 for one that is free
   */
  static async start(host = '127.0.0.1', port = 0): Promise<NameServer> {
    const server = new NameServer();
    server.#sockets = await DnsSockets.open(host, port, (question) => server.#answerTo(question));
    return server;
  }

  /** Where it listens. */
  get address(): { readonly host: string; readonly port: number } {
    const { address, port } = this.#sockets.address;
    return { host: address, port };
  }

  /** Questions that have come in, answered or not. */
  get questions(): number {
    return this.#questions;
  }

  /** Gives a name these IPv4 and IPv6 addresses and no others; with none the name exists and has none. */
  setAddresses(name: string, addresses: readonly string[]): void {
    const { A = [], AAAA = [] } = Object.groupBy(addresses, (each) => (isIPv6(each) ? 'AAAA' : 'A'));
    this.#set(name, { A, AAAA });
  }

  /** Gives a name these SRV records and no others; with none the name exists and has none. */
  setServices(name: string, services: readonly ServiceRecord[]): void {
    this.#set(name, { SRV: services.map((service) => ({ priority: 0, weight: 0, ...service })) });
  }

  /** The name does not exist any more: NXDOMAIN. */
  remove(name: string): void {
    this.#records.delete(keyOf(name));
  }

  /** What it does from now on with questions of these types; with all of them where none is named. */
  behave(mood: Mood, ...types: readonly RecordType[]): void {
    for (const type of types.length === 0 ? recordTypes : types) this.#moods.set(type, mood);
  }

  close(): Promise<void> {
    return this.#sockets.close();
  }

  #answerTo({ id, questions = [] }: DecodedPacket): Packet | undefined {
    this.#questions++;
    const [question] = questions;
    const type = recordTypes.find((each) => each === question?.type);
    const mood = (type && this.#moods.get(type)) ?? 'answer';
    if (mood === 'silent') return undefined;
    const records = question && this.#records.get(keyOf(question.name));
    const outcome = mood === 'answer' && records === undefined ? 'NXDOMAIN' : mood;
    const data = (outcome === 'answer' && type && records?.[type]) || [];
    return {
      type: 'response',
      id,
      // glibc takes an empty answer without authority for a referral, and looks elsewhere.
      flags: AUTHORITATIVE_ANSWER | responseCodes[outcome],
      questions,
      answers: data.map((each) => answerOf(question!, each)),
    };
  }

  #set(name: string, data: Partial<Record<RecordType, readonly RecordData[]>>): void {
    this.#records.set(keyOf(name), { ...this.#records.get(keyOf(name)), ...data });
  }
}

function answerOf({ name, type }: Question, data: RecordData): NonNullable<Packet['answers']>[number] {
  if (typeof data !== 'string') return { name, type: 'SRV', ttl: 0, data };
  return { name, type: type === 'AAAA' ? 'AAAA' : 'A', ttl: 0, data };
}

function keyOf(name: string): string {
  return name.toLowerCase().replace(/\.$/, '');
}
