import { DocumentBuilder, type OpenAPIObject, SwaggerModule } from '@nestjs/swagger';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { version } from './version.js';

/** Swagger UI at `/docs`, the document at `/docs-json`. */
export function serveOpenApi(api: NestFastifyApplication): void {
  SwaggerModule.setup('docs', api, () => openApiOf(api), {
    jsonDocumentUrl: 'docs-json',
    yamlDocumentUrl: 'docs-yaml',
  });
}

/** The API as OpenAPI 3, from the controllers' and DTOs' own declarations. */
export function openApiOf(api: NestFastifyApplication): OpenAPIObject {
  const about = new DocumentBuilder()
    .setTitle('metadata-center')
    .setDescription(
      'Near-real-time load of every LLM inference engine, for the routers that must choose one.',
    )
    .setVersion(version)
    .setLicense('Apache-2.0', 'https://www.apache.org/licenses/LICENSE-2.0')
    .addTag('load', 'The load of the engines, from what routers report')
    .addTag('replication', 'Calls between replicas, and the view of them for operators')
    .addTag('operation', 'Probes, metrics and the log level')
    .build();
  const document = SwaggerModule.createDocument(api, about);
  document.components = { ...document.components, schemas: { ...document.components?.schemas, Failure } };
  return document;
}

const Failure = {
  type: 'object',
  required: ['status', 'error', 'data', 'trace_id'],
  properties: {
    status: { type: 'string', enum: ['ERROR'] },
    error: {
      type: 'object',
      required: ['code', 'message', 'reason'],
      properties: {
        code: { type: 'integer', description: 'What failed, as a number' },
        message: { type: 'string', description: 'What is wrong, with the field and the remedy, for people' },
        reason: { type: 'string', description: 'What failed, as a stable word for programs' },
      },
    },
    data: { nullable: true, enum: [null] },
    trace_id: { type: 'string' },
  },
};
