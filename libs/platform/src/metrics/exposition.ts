/**
 * Prometheus's text format, version 0.0.4.
 * @see https://prometheus.io/docs/instrumenting/exposition_formats/
 */
export const expositionContentType = 'text/plain; version=0.0.4; charset=utf-8';

/** The lines that begin a metric family; all its samples must follow before the next family begins. */
export function family(name: string, type: 'counter' | 'gauge' | 'histogram', help: string): string {
  return `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n`;
}

/** One sample; label values may hold anything. */
export function sample(name: string, labels: Readonly<Record<string, string>>, value: number): string {
  const pairs = Object.entries(labels).map(([label, text]) => `${label}="${escapeLabel(text)}"`);
  return pairs.length === 0 ? `${name} ${value}\n` : `${name}{${pairs.join(',')}} ${value}\n`;
}

/** A label's value between its quotes. */
function escapeLabel(text: string): string {
  return /[\\"\n]/.test(text)
    ? text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')
    : text;
}
