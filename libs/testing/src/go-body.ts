/** A body of the Go service: a client's call or an event, the same struct. */
export interface GoBody {
  readonly cluster: string;
  readonly request_id: string;
  readonly ip: string;
  readonly prompt_length: number;
  readonly timestamp: bigint;
}

/** As Go decodes the struct: a missing field is its zero, another type an error. */
export function parsedByGo(text: string): GoBody | undefined {
  let timestamp = 0n;
  const exactTimestamp = (name: string, value: unknown, { source }: { source?: string }): unknown => {
    if (name === 'timestamp' && /^-?\d+$/.test(source ?? '')) timestamp = BigInt(source!);
    return value;
  };
  try {
    const value = JSON.parse(
      text,
      exactTimestamp as (name: string, value: unknown) => unknown,
    ) as Partial<GoBody>;
    const { cluster = '', request_id = '', ip = '', prompt_length = 0 } = value;
    const isText = [cluster, request_id, ip].every((field) => typeof field === 'string');
    const isInt32 = Number.isInteger(prompt_length) && Math.abs(prompt_length) < 2 ** 31;
    return isText && isInt32 ? { cluster, request_id, ip, prompt_length, timestamp } : undefined;
  } catch {
    return undefined;
  }
}

/** As `json.Marshal` writes the struct of a record. */
export function recordText({ cluster, request_id, ip, prompt_length, timestamp }: GoBody): string {
  const fields = [`"cluster":${goText(cluster)}`, `"request_id":${goText(request_id)}`];
  if (prompt_length !== 0) fields.push(`"prompt_length":${prompt_length}`);
  fields.push(`"ip":${goText(ip)}`);
  if (timestamp !== 0n) fields.push(`"timestamp":${timestamp}`);
  return `{${fields.join(',')}}`;
}

/** As `json.Marshal` writes the struct of a deletion in the service's later releases. */
export function referenceText({ request_id, timestamp }: GoBody): string {
  const end = timestamp === 0n ? '' : `,"timestamp":${timestamp}`;
  return `{"request_id":${goText(request_id)}${end}}`;
}

function goText(text: string): string {
  const escapes: Readonly<Record<string, string>> = {
    '<': String.raw`\u003c`,
    '>': String.raw`\u003e`,
    '&': String.raw`\u0026`,
    '\u2028': String.raw`\u2028`,
    '\u2029': String.raw`\u2029`,
  };
  return JSON.stringify(text).replace(/[<>&\u2028\u2029]/g, (character) => escapes[character]!);
}
