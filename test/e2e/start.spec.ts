import { expect, it } from 'vitest';
import { readConfiguration } from '../../apps/metadata-center/src/config/configuration.js';
import { createReplica } from '../../apps/metadata-center/src/create-app.js';

it('does not blame the port for what fails while the app gets ready', async () => {
  const config = readConfiguration({
    METADATA_CENTER_HTTP_HOST: '127.0.0.1',
    METADATA_CENTER_HTTP_PORT: '0',
    METADATA_CENTER_ADMIN_PORT: '0',
    METADATA_CENTER_LOG_LEVEL: 'FATAL',
  });
  const replica = await createReplica(config);
  const reason = new Error("X.y can't have the fast lane: it is asynchronous");
  replica.api
    .getHttpAdapter()
    .getInstance()
    .addHook('onReady', async () => Promise.reject(reason));
  await expect(replica.listen()).rejects.toBe(reason);
  await replica.close();
});
