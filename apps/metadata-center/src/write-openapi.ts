import 'reflect-metadata';
import { writeFile } from 'node:fs/promises';
import { readConfiguration } from './config/configuration.js';
import { createReplica } from './create-app.js';
import { openApiOf } from './openapi.js';

/** Writes the API document anew: `npm run openapi`. */
const replica = await createReplica(readConfiguration({ METADATA_CENTER_LOG_LEVEL: 'ERROR' }));
await writeFile('docs/openapi.json', `${JSON.stringify(openApiOf(replica.api), null, 2)}\n`);
await replica.close();
