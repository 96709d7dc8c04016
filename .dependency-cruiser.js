/** The laws of the house: which room may know which. `npm test` holds the imports to them. docs/contributors.md tells of them in words. */
const only = (name, from, may, comment) => ({
  name,
  comment,
  severity: 'error',
  from: { path: from },
  to: { dependencyTypes: ['local'], pathNot: may }
})

export default {
  forbidden: [
    {
      name: 'no-circles',
      comment: 'What two files share has a file of its own.',
      severity: 'error',
      from: {},
      to: { circular: true }
    },
    {
      name: 'no-orphans',
      comment: 'What nothing uses is removed.',
      severity: 'error',
      from: {
        orphan: true,
        path: '^(client|contract|media|plugins|realtime|web/src)/',
        pathNot: '^plugins/(app/[^/]+|external)/[^/]+[.]ts$|[.]d[.]ts$|^plugins/app/operations/migrations/'
      },
      to: {}
    },
    {
      name: 'is-there',
      comment: 'What is imported can be found.',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true }
    },
    only('contract-alone', '^contract/', '^contract/', 'What crosses the wire knows nothing of who is behind it.'),
    only('client-on-contract', '^client/', '^(client|contract)/', 'The SDK stands on the contract alone.'),
    only('web-on-client', '^web/', '^(web|client|contract)/', 'The page uses the SDK as everybody does.'),
    only('rules-on-contract', '^realtime/room/', '^(realtime/room|contract)/', 'The rules are pure.'),
    only('media-on-contract', '^media/', '^(media|contract)/', 'Audio knows nothing of sockets, HTTP or rules.'),
    only('embedded-alone', '^plugins/embedded/', '^plugins/embedded/', 'The embedded store is a workspace of its own.'),
    {
      name: 'embedded-declares-packages',
      comment: 'A workspace names the packages it imports in its own package.json.',
      severity: 'error',
      from: { path: '^plugins/embedded/' },
      to: { dependencyTypes: ['npm-no-pkg', 'npm-unknown'] }
    },
    {
      name: 'embedded-entry-points',
      comment: 'Other code imports only what the exports of plugins/embedded/package.json name.',
      severity: 'error',
      from: { pathNot: '^(plugins/embedded|test)/' },
      to: { path: '^plugins/embedded/', pathNot: '^plugins/embedded/(index|document-keys)[.]ts$' }
    },
    only('routes-on-services', '^routes/', '^(routes|contract|plugins/(app|external))/', 'Routes call services.'),
    {
      name: 'one-door-to-realtime',
      comment: 'From REST to a live room there is one door: plugins/app/shows/live-shows.ts.',
      severity: 'error',
      from: { pathNot: '^(realtime|test|scripts)/|^app[.]ts$' },
      to: { path: '^realtime/' }
    },
    {
      name: 'rooms-are-pure',
      comment: 'No I/O where it is decided.',
      severity: 'error',
      from: { path: '^(realtime/room|contract)/' },
      to: { dependencyTypes: ['core'], pathNot: '^(node:)?util$' }
    },
    {
      name: 'media-has-no-wire',
      comment: 'Audio knows nothing of sockets, HTTP or the store.',
      severity: 'error',
      from: { path: '^media/' },
      to: { path: 'node_modules/(fastify|socket[.]io|mongodb)/' }
    },
    {
      name: 'routes-have-no-store',
      comment: 'Routes call services, never the database.',
      severity: 'error',
      from: { path: '^routes/' },
      to: { path: 'node_modules/(mongodb|@fastify/mongodb|bson)/' }
    },
    {
      name: 'server-without-scripts',
      comment: 'Scripts set up and keep; the server imports nothing of them.',
      severity: 'error',
      from: { path: '^(server|app)[.]ts$|^(config|contract|media|plugins|realtime|routes|client|web)/' },
      to: { path: '^(scripts|test|[.]ci)/' }
    },
    {
      name: 'runs-without-dev',
      comment: 'An image holds no development packages.',
      severity: 'error',
      from: {
        path: '^(server|app)[.]ts$|^(config|contract|media|plugins|realtime|routes)/',
        pathNot: '^plugins/embedded/test/'
      },
      to: { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['type-only'] }
    }
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^web/dist|[.]module[.]css$|[.]css$' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'types', 'node', 'default'],
      extensions: ['.ts', '.tsx', '.js', '.mjs', '.cjs', '.json', '.d.ts']
    }
  }
}
