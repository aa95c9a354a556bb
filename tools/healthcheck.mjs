/** Exits 0 when the replica in this container may get traffic: HEALTHCHECK of the Dockerfile. */
const host = process.env.METADATA_CENTER_HTTP_HOST?.trim() || '0.0.0.0';
const port = process.env.METADATA_CENTER_ADMIN_PORT?.trim() || '8081';
const toReach = { '0.0.0.0': '127.0.0.1', '::': '[::1]' }[host] ?? (host.includes(':') ? `[${host}]` : host);

try {
  const answer = await fetch(`http://${toReach}:${port}/readyz`, { signal: AbortSignal.timeout(2_000) });
  console.log(await answer.text());
  process.exitCode = answer.ok ? 0 : 1;
} catch (error) {
  console.error(`no answer from ${toReach} port ${port}: ${error.cause?.message ?? error.message}`);
  process.exitCode = 1;
}
