/** Rules of imports between the folders. `npm test` checks them, and docs/contributors.md explains them. */
/** Files of `from` may import local files of `may` only. */
const only = (name, from, may, comment) => ({
  name,
  comment,
  severity: 'error',
  from: { path: from },
  to: { dependencyTypes: ['local'], pathNot: may }
})

/**
 * Domains of plugins/app/ in levels. A domain may import itself, the domains of lower levels, `documents`, and external
 * plugins.
 */
const levels = [
  ['operations'],
  ['privacy', 'http'],
  ['people'],
  ['identity'],
  ['shows'],
  ['comments', 'recordings', 'songs', 'spotify', 'live-values', 'event-sequence'],
  ['playlists', 'event-totals', 'transcripts'],
  ['analytics', 'metadata', 'notifications', 'replays'],
  ['moderation']
]
const domainRules = levels.flatMap((domains, level) =>
  domains.map(domain => {
    const lower = ['documents', domain, ...levels.slice(0, level).flat()].join('|')
    return only(
      `domain-${domain}`,
      `^plugins/app/${domain}/`,
      `^(plugins/app/(${lower})|plugins/external|contract|config|media)/|^package[.]json$`,
      'Domains depend on lower levels only, so they have no cycle.'
    )
  })
)

export default {
  forbidden: [
    ...domainRules,
    only(
      'external-below-app',
      '^plugins/external/',
      '^(plugins/(external|embedded|app/documents)|contract|config|media)/|^package[.]json$',
      'Plugins of third-party components import no services.'
    ),
    {
      name: 'one-plugin-per-domain',
      comment: 'Only the index.ts of a domain is a Fastify plugin. The files beside it take named parts.',
      severity: 'error',
      from: { path: '^plugins/app/', pathNot: '^plugins/app/[^/]+/index[.]ts$' },
      to: { path: 'node_modules/fastify-plugin/' }
    },
    {
      name: 'no-circles',
      comment: 'Code shared by two files has a file of its own.',
      severity: 'error',
      from: {},
      to: { circular: true }
    },
    {
      name: 'no-orphans',
      comment: 'Unused files are removed.',
      severity: 'error',
      from: {
        orphan: true,
        path: '^(client|contract|media|plugins|processes/[^/]+|realtime|web/src)/',
        pathNot:
          '^plugins/(app/[^/]+/index|external/[^/]+)[.]ts$|[.]d[.]ts$|^plugins/app/operations/migrations/|^web/src/embed/main'
      },
      to: {}
    },
    {
      name: 'is-there',
      comment: 'Every import can be resolved.',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true }
    },
    only('contract-alone', '^contract/', '^contract/', 'The contract is used by both sides and imports neither.'),
    only('client-on-contract', '^client/', '^(client|contract)/', 'The SDK imports the contract only.'),
    only('web-on-client', '^web/', '^(web|client|contract)/', 'The web client uses the SDK like any other app.'),
    only('rules-on-contract', '^realtime/room/', '^(realtime/room|contract)/', 'The rules of a room are pure.'),
    only('media-on-contract', '^media/', '^(media|contract)/', 'Audio is independent of sockets, HTTP and rules.'),
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
    only(
      'processes-on-services',
      '^processes/',
      '^(processes|plugins/(app|external)|contract|config)/',
      'A process beside the server uses its services, and neither its rooms nor its routes.'
    ),
    only('routes-on-services', '^routes/', '^(routes|contract|plugins/(app|external))/', 'Routes call services.'),
    {
      name: 'one-door-to-realtime',
      comment: 'REST reaches a live room through one port: plugins/app/shows/live-shows.ts.',
      severity: 'error',
      from: { pathNot: '^(realtime|test|scripts)/|^app[.]ts$' },
      to: { path: '^realtime/' }
    },
    {
      name: 'rooms-are-pure',
      comment: 'Decisions do no I/O.',
      severity: 'error',
      from: { path: '^(realtime/room|contract)/' },
      to: { dependencyTypes: ['core'], pathNot: '^(node:)?util$' }
    },
    {
      name: 'media-has-no-wire',
      comment: 'Audio is independent of sockets, HTTP and the store.',
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
      comment: 'The server does not need scripts or tests.',
      severity: 'error',
      from: { path: '^(server|app)[.]ts$|^(config|contract|media|plugins|processes|realtime|routes|client|web)/' },
      to: { path: '^(scripts|test|[.]ci)/' }
    },
    {
      name: 'runs-without-dev',
      comment: 'The image has no development packages.',
      severity: 'error',
      from: {
        path: '^(server|app)[.]ts$|^(config|contract|media|plugins|processes|realtime|routes)/',
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
