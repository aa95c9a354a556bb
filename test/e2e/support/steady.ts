const epoch = /^[0-9a-f]{16}$/;
const address = /^(127\.0\.0|10\.0\.0)\.\d+:\d+$/;
const digest = /^[0-9a-f]{4096}$/;
const shownDigits = 32;

/**
 * An answer between replicas without what differs from run to run: epochs and addresses are numbered in their order,
 * how often something happened is any number, and a digest is cut short.
 */
export function steady(value: unknown): unknown {
  const names = new Map<string, string>();
  const named = (text: string, kind: string) => {
    const name = names.get(text) ?? `${kind} ${names.size + 1}`;
    names.set(text, name);
    return name;
  };
  return JSON.parse(JSON.stringify(value), (key, each: unknown) => {
    if (key === 'totals' || key === 'latency') return typesOf(each as object);
    if (typeof each !== 'string') return each;
    if (epoch.test(each)) return named(each, 'epoch');
    if (address.test(each)) return named(each, 'address');
    return digest.test(each) ? `${each.slice(0, shownDigits)}…` : each;
  });
}

function typesOf(numbers: object): object {
  return Object.fromEntries(Object.entries(numbers).map(([name, value]) => [name, typeof value]));
}
