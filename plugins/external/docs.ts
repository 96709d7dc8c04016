import { createHash } from 'node:crypto'
import swagger from '@fastify/swagger'
import reference from '@scalar/fastify-api-reference'
import type { FastifySchema } from 'fastify'
import fp from 'fastify-plugin'
import { errorAnswers } from '../../contract/error-answer.ts'
import { asyncApi } from './docs/async-api.ts'
import { illustrated } from './docs/open-api.ts'

const tags = [
  { name: 'auth', description: 'Coming in, staying in and going out' },
  { name: 'users', description: "One's own account, and other people" },
  { name: 'shows', description: 'Planning, finding, starting and ending shows; who may come in, and who decided what' },
  { name: 'comments', description: 'What was said in a show. Live it goes over the socket' },
  { name: 'songs', description: "A creator's own songs" },
  { name: 'spotify', description: 'What the caller has at Spotify, for playlists' },
  { name: 'safety', description: 'Reports, and what operators do about them' },
  { name: 'operation', description: 'What load balancers and orchestrators ask' }
]

/** What has a default may be left out. */
function withOptionalDefaults(querystring: unknown): unknown {
  const {
    properties = {},
    required = [],
    ...rest
  }: { properties?: Record<string, object>; required?: string[] } = Object(querystring)
  return { ...rest, properties, required: required.filter(name => !('default' in Object(properties[name]))) }
}

/** A route as it is described: an open one that takes a token all the same refuses a bad one, and every route says whether it takes one. */
function described(given: FastifySchema, recognizes: boolean): FastifySchema {
  const schema =
    given.querystring === undefined ? given : { ...given, querystring: withOptionalDefaults(given.querystring) }
  if (recognizes) {
    return {
      ...schema,
      security: [{}, { bearer: [] }],
      response: { ...errorAnswers('UNAUTHENTICATED', 'TOKEN_EXPIRED'), ...Object(schema.response) }
    }
  }
  return { ...schema, security: schema.security ?? [] }
}

/** The page starts itself by a script in its HTML; that one, and no other, may run. */
function allowInlineScripts(policy: string, html: string): string {
  const hashes = [...html.matchAll(/<script type="text\/javascript">(.*?)<\/script>/gs)].map(
    ([, script = '']) => `'sha256-${createHash('sha256').update(script).digest('base64')}'`
  )
  return policy.replace('script-src ', `script-src ${hashes.join(' ')} `)
}

/** OpenAPI and AsyncAPI from the schemas the server validates with, and a page to read them. */
export default fp(
  async app => {
    await app.register(swagger, {
      transform: ({ schema, url, route }) => ({
        schema: described(schema, [route.preValidation].flat().includes(app.recognize)),
        // A folder's own route is served with and without the slash; one way to write it is enough.
        url: url.replace(/(.)\/$/, '$1')
      }),
      openapi: {
        openapi: '3.1.0',
        info: {
          title: 'Ambient',
          version: '1',
          description: 'Live audio shows. The realtime part is described at /docs/asyncapi.json.'
        },
        components: { securitySchemes: { bearer: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' } } },
        tags
      }
    })
    const hidden = { schema: { hide: true } }
    let openApi: object | undefined
    app.get('/docs/openapi.json', hidden, async () => (openApi ??= illustrated(app.swagger())))
    app.get('/docs/asyncapi.json', hidden, async ({ host, protocol }) =>
      asyncApi({ host, protocol: protocol === 'https' ? 'wss' : 'ws' })
    )
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
          // Nothing of a third party's: no fonts, no counting, no services.
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
