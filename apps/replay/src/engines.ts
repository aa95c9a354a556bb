/** The load of one engine, as the service's answer gives it. */
export interface EngineLoad {
  readonly queuedRequests: number;
  readonly prefillRequests: number;
  readonly promptLength: number;
}

/** An engine that an answer does not list has no load. */
export const noLoad: EngineLoad = { queuedRequests: 0, prefillRequests: 0, promptLength: 0 };

/** As many as the service takes by default. */
export const maxEngines = 100_000;

/** The addresses of the simulated engines: 10.0.0.1, 10.0.0.2, … for at most {@link maxEngines}. */
export function engineIps(count: number): readonly string[] {
  return Array.from({ length: count }, (_, index) => {
    const host = index + 1;
    return `10.${host >> 16}.${(host >> 8) & 255}.${host & 255}`;
  });
}
