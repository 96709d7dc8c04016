import { createHash } from 'node:crypto'
import swagger from '@fastify/swagger'
import reference from '@scalar/fastify-api-reference'
import type { FastifySchema } from 'fastify'
import fp from 'fastify-plugin'
import { errorAnswers } from '../../contract/error-answer.ts'
import { asyncApi } from './docs/async-api.ts'
import { eventTopics } from './docs/event-topics.ts'
import { completeOpenApi } from './docs/open-api.ts'

const tags = [
  { name: 'auth', description: 'Signing in, renewing tokens and signing out' },
  { name: 'users', description: "The caller's account, and other users" },
  { name: 'shows', description: 'Planning, finding, starting and ending shows; invitations, members and decisions' },
  { name: 'streams', description: 'Live shows as HTTP streams, for radio apps, smart speakers and websites' },
  { name: 'comments', description: 'Comments of a show. In a live show they are sent over the socket' },
  { name: 'songs', description: 'Songs of the caller' },
  { name: 'recordings', description: 'Recordings of shows: the own voice of each speaker' },
  { name: 'replays', description: 'Replays of recorded shows, and the podcast feeds of creators' },
  { name: 'notifications', description: 'What followers are told, how, and when' },
  { name: 'metadata', description: 'Proposals for songs of the caller, and cards of artists' },
  { name: 'live', description: 'Live values of the whole server' },
  { name: 'spotify', description: 'Playlists and tracks of the caller at Spotify' },
  { name: 'safety', description: 'Reports, and the actions of operators' },
  { name: 'graphql', description: 'Several reading requests in one' },
  { name: 'operation', description: 'Announcements of the operators; checks for load balancers and orchestrators' }
]

/** Makes parameters with a default optional. */
function withOptionalDefaults(querystring: unknown): unknown {
  const {
    properties = {},
    required = [],
    ...rest
  }: { properties?: Record<string, object>; required?: string[] } = Object(querystring)
  return { ...rest, properties, required: required.filter(name => !('default' in Object(properties[name]))) }
}

/** Returns the schema of a route with its security. An open route that also takes a token rejects an invalid one. */
function describe(given: FastifySchema, takesToken: boolean): FastifySchema {
  const schema =
    given.querystring === undefined ? given : { ...given, querystring: withOptionalDefaults(given.querystring) }
  if (takesToken) {
    return {
      ...schema,
      security: [{}, { bearer: [] }],
      response: { ...errorAnswers('UNAUTHENTICATED', 'TOKEN_EXPIRED'), ...Object(schema.response) }
    }
  }
  return { ...schema, security: schema.security ?? [] }
}

/** Allows the inline script that starts the page, and no other. */
function allowInlineScripts(policy: string, html: string): string {
  const hashes = [...html.matchAll(/<script type="text\/javascript">(.*?)<\/script>/gs)].map(
    ([, script = '']) => `'sha256-${createHash('sha256').update(script).digest('base64')}'`
  )
  return policy.replace('script-src ', `script-src ${hashes.join(' ')} `)
}

/** Serves OpenAPI and AsyncAPI documents, made from the schemas the server validates with, and a page to read them. */
export default fp(
  async app => {
    await app.register(swagger, {
      transform: ({ schema, url, route }) => ({
        schema: describe(schema, [route.preValidation].flat().includes(app.recognize)),
        // The index route of a folder is served with and without a trailing slash. The document lists it once.
        url: url.replace(/(.)\/$/, '$1')
      }),
      openapi: {
        openapi: '3.1.0',
        info: {
          title: 'Ambient',
          version: '1',
          description:
            'Live audio shows. The realtime part is described at /docs/asyncapi.json, ' +
            'the GraphQL schema at /docs/graphql.graphql.'
        },
        components: { securitySchemes: { bearer: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' } } },
        tags
      }
    })
    const hidden = { schema: { hide: true } }
    let openApi: object | undefined
    app.get('/docs/openapi.json', hidden, async () => (openApi ??= completeOpenApi(app.swagger(), app.publicUrl())))
    app.get('/docs/asyncapi.json', hidden, async ({ host, protocol }) =>
      asyncApi({ host, protocol: protocol === 'https' ? 'wss' : 'ws' })
    )
    app.get('/docs/events.json', hidden, async () => eventTopics(app.config.KAFKA_TOPIC_PREFIX))
    await app.register(async page => {
      page.addHook('onSend', async (_request, reply, payload) => {
        const policy = reply.getHeader('content-security-policy')
        if (typeof payload === 'string' && typeof policy === 'string') {
          reply.header('content-security-policy', allowInlineScripts(policy, payload))
        }
      })
      await page.register(reference, {
        routePrefix: '/docs',
        configuration: {
          url: '/docs/openapi.json',
          pageTitle: 'Ambient: the API',
          // No third parties: no fonts, no telemetry, no services.
          withDefaultFonts: false,
          telemetry: false,
          agent: { disabled: true },
          mcp: { disabled: true },
          hideClientButton: true,
          showDeveloperTools: 'never'
        }
      })
    })
  },
  { name: 'docs' }
)
