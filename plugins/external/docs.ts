import swagger from '@fastify/swagger'
import reference from '@scalar/fastify-api-reference'
import type { FastifySchema } from 'fastify'
import fp from 'fastify-plugin'
import { errorAnswers } from '../../contract/error-answer.ts'
import { asyncApi } from '../app/async-api.ts'

/** An open route that takes a token all the same: one that is sent must be good. */
function takesToken (schema: FastifySchema): FastifySchema {
  return { ...schema, security: [{}, { bearer: [] }], response: { ...errorAnswers('UNAUTHENTICATED'), ...Object(schema.response) } }
}

/** OpenAPI and AsyncAPI from the schemas the server validates with, and a page to read them. */
export default fp(async app => {
  await app.register(swagger, {
    transform: ({ schema, url, route }) => ({
      schema: [route.preValidation].flat().includes(app.recognize) ? takesToken(schema) : schema,
      // A folder's own route is served with and without the slash; one way to write it is enough.
      url: url.replace(/(.)\/$/, '$1')
    }),
    openapi: {
      openapi: '3.1.0',
      info: { title: 'Ambient', version: '1', description: 'Live audio shows. The realtime part is described at /docs/asyncapi.json.' },
      components: { securitySchemes: { bearer: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' } } },
      tags: [{ name: 'auth' }, { name: 'users' }, { name: 'shows' }, { name: 'songs' }, { name: 'safety' }, { name: 'operation' }]
    }
  })
  const hidden = { schema: { hide: true } }
  app.get('/docs/openapi.json', hidden, async () => app.swagger())
  app.get('/docs/asyncapi.json', hidden, async () => asyncApi())
  await app.register(reference, { routePrefix: '/docs', configuration: { url: '/docs/openapi.json', withDefaultFonts: false } })
}, { name: 'docs' })
