import { call } from './call.js';

/** The values of a scrape by series, as they stand: `name{label="value"}`. */
export async function scrape(url: string): Promise<ReadonlyMap<string, number>> {
  const { text } = await call('GET', `${url}/metrics`);
  const samples = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return new Map(
    samples.map((line) => {
      const end = line.lastIndexOf(' ');
      return [line.slice(0, end), Number(line.slice(end + 1))];
    }),
  );
}

/** The series under which calls are counted. */
export function callsSeries(url: string, method: string, status: number): string {
  return `http_request_status_code_total{url="${url}",method="${method}",status_code="${status}"}`;
}
