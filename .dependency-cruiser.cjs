/**
 * The arrows of the architecture, as law. Layers inside a context point inwards (adapters → application →
 * domain), contexts do not know each other, and only adapters and modules touch a framework.
 */
const contexts = '(load|prefix-cache|replication)';
const core = `^libs/${contexts}/src/(domain|application)/`;
const specs = '\\.spec\\.ts$';

module.exports = {
  forbidden: [
    {
      name: 'domain-knows-only-domain',
      comment: 'The domain is the innermost layer: plain TypeScript of its own context.',
      severity: 'error',
      from: { path: `^libs/${contexts}/src/domain/`, pathNot: specs },
      to: { pathNot: '^libs/$1/src/domain/' },
    },
    {
      name: 'application-knows-domain-and-its-ports',
      comment:
        'A use case needs its domain and its own ports; a framework, logger or clock comes in through a port.',
      severity: 'error',
      from: { path: `^libs/${contexts}/src/application/`, pathNot: specs },
      to: { pathNot: '^libs/$1/src/(domain|application)/' },
    },
    {
      name: 'core-reaches-no-framework',
      comment: 'Not even through another file: an index.ts reaches Nest by the module that it exports.',
      severity: 'error',
      from: { path: core, pathNot: specs },
      to: { path: 'node_modules/', reachable: true },
    },
    {
      name: 'contexts-do-not-know-each-other',
      comment: 'A context implements a port of another only in its adapters.',
      severity: 'error',
      from: { path: `^libs/${contexts}/src/(?!adapters/)`, pathNot: specs },
      to: { path: `^libs/${contexts}/src/`, pathNot: '^libs/$1/src/' },
    },
    {
      name: 'adapters-do-not-know-each-other',
      comment:
        'Each adapter can be replaced alone; what two of them share belongs in the application or the platform.',
      severity: 'error',
      from: { path: `^libs/${contexts}/src/adapters/([^/]+)/`, pathNot: specs },
      to: { path: '^libs/$1/src/adapters/', pathNot: '^libs/$1/src/adapters/$2/' },
    },
    {
      name: 'only-the-app-module-knows-contexts',
      comment: 'What the service is made of, and which adapter binds which port, stands in one file.',
      severity: 'error',
      from: {
        path: '^apps/metadata-center/src/',
        pathNot: [specs, '^apps/metadata-center/src/app\\.module\\.ts$'],
      },
      to: { path: `^libs/${contexts}/` },
    },
    {
      name: 'replication-knows-no-context',
      comment: 'Replication carries states that it does not understand.',
      severity: 'error',
      from: { path: '^libs/replication/' },
      to: { path: '^libs/(load|prefix-cache)/' },
    },
    {
      name: 'platform-knows-no-context',
      comment: 'What all contexts share can know none of them.',
      severity: 'error',
      from: { path: '^libs/platform/', pathNot: specs },
      to: { path: '^(apps|test|libs/(?!platform/))' },
    },
    {
      name: 'libs-know-no-app',
      comment: 'Apps are put together from libs, never the other way round.',
      severity: 'error',
      from: { path: '^libs/' },
      to: { path: '^apps/' },
    },
    {
      name: 'replay-knows-only-the-http-api',
      comment: 'The replay stands where a gateway stands: outside.',
      severity: 'error',
      from: { path: '^apps/replay/' },
      to: { path: '^(libs|apps/(?!replay/))' },
    },
    {
      name: 'libs-are-entered-by-their-index',
      comment: 'A lib may change its inside freely as long as its index.ts stands.',
      severity: 'error',
      from: { path: '^(apps|libs|test)/([^/]+)/' },
      to: { path: '^libs/([^/]+)/src/', pathNot: ['^libs/[^/]+/src/index\\.ts$', '^$1/$2/'] },
    },
    {
      name: 'tests-stay-out-of-production',
      comment: 'Fakes and specs are not in the build that ships.',
      severity: 'error',
      from: { path: '^(apps|libs)/', pathNot: [specs, '^libs/testing/', '^(apps|libs)/[^/]+/test-support/'] },
      to: { path: ['^libs/testing/', specs, '^test/', '^(apps|libs)/[^/]+/test-support/'] },
    },
    {
      name: 'the-service-has-no-name-server',
      comment:
        'It is for clusters on one machine, in tests and in the cluster command, and stands on a development dependency.',
      severity: 'error',
      from: { path: '^(apps/(metadata-center|replay)|libs)/', pathNot: [specs, '^libs/name-server/'] },
      to: { path: '^libs/name-server/' },
    },
    {
      name: 'the-name-server-knows-nobody',
      comment: 'Tests and the cluster command share it; it is about DNS alone.',
      severity: 'error',
      from: { path: '^libs/name-server/', pathNot: specs },
      to: { path: '^(apps|test|libs/(?!name-server/))' },
    },
    {
      name: 'no-development-dependency-in-production',
      comment: 'The image has production dependencies only.',
      severity: 'error',
      from: { path: '^(apps/metadata-center|libs/(?!(testing|name-server)/))', pathNot: specs },
      to: { dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown'] },
    },
    {
      name: 'no-cycles',
      comment: 'Files that need each other can only be read, tested and moved together.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'no-unresolved',
      comment: 'An import that leads nowhere here would escape every rule above.',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['source', 'import', 'node', 'default'],
    },
    exclude: { path: '^dist/' },
  },
};
