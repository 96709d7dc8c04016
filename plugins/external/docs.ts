import swagger from '@fastify/swagger'
import reference from '@scalar/fastify-api-reference'
import fp from 'fastify-plugin'
import { asyncApi } from '../app/async-api.ts'

/** OpenAPI and AsyncAPI from the schemas the server validates with, and a page to read them. */
export default fp(async app => {
  await app.register(swagger, {
    // A folder's own route is served with and without the slash; one way to write it is enough.
    transform: ({ schema, url }) => ({ schema, url: url.replace(/(.)\/$/, '$1') }),
    openapi: {
      openapi: '3.1.0',
      info: { title: 'Ambient', version: '1', description: 'Live audio shows. The realtime part is described at /docs/asyncapi.json.' },
      components: { securitySchemes: { bearer: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' } } },
      tags: [{ name: 'auth' }, { name: 'users' }, { name: 'shows' }, { name: 'safety' }, { name: 'operation' }]
    }
  })
  const hidden = { schema: { hide: true } }
  app.get('/docs/openapi.json', hidden, async () => app.swagger())
  app.get('/docs/asyncapi.json', hidden, async () => asyncApi())
  await app.register(reference, { routePrefix: '/docs', configuration: { url: '/docs/openapi.json', withDefaultFonts: false } })
}, { name: 'docs' })
