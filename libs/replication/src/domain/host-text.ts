/**
 * One spelling for each host, so that hosts can be compared as texts: IPv6 in its short form (RFC 5952), an IPv4
 * address that is wrapped in IPv6 (`::ffff:10.0.0.1`) as IPv4, names in lower case. An IPv6 zone (`%eth0`) stays.
 *
 * @param host an IP literal without brackets, or a name
 */
export function hostText(host: string): string {
  const lower = host.toLowerCase();
  if (!lower.includes(':')) return lower;
  const [literal = '', zone] = lower.split('%', 2);
  if (!URL.canParse(`http://[${literal}]`)) return lower;
  const short = new URL(`http://[${literal}]`).hostname.slice(1, -1);
  return ipv4Within(short) ?? (zone === undefined ? short : `${short}%${zone}`);
}

/** @returns undefined where the IPv6 address wraps no IPv4 address */
function ipv4Within(short: string): string | undefined {
  const [, high, low] = /^::ffff:([0-9a-f]{1,4}):([0-9a-f]{1,4})$/.exec(short) ?? [];
  if (high === undefined || low === undefined) return undefined;
  return [high, low]
    .map((text) => Number.parseInt(text, 16))
    .flatMap((group) => [group >> 8, group & 255])
    .join('.');
}
