import fastifyStatic from '@fastify/static'
import fp from 'fastify-plugin'
import type { OpenSpan } from '../../external/tracing/spans.ts'
import { parseJsonOrNothing, rejectUnexpectedBody } from './bodies.ts'
import { limitBodies, rejectWithoutRoute } from './body-limits.ts'
import { createConnections } from './connections.ts'
import { answerError } from './errors.ts'
import { followCertificate } from './https-server.ts'
import { createPublicUrl } from './public-url.ts'
import { measureRequests } from './request-metrics.ts'
import { traceRequests } from './request-tracing.ts'
import { serializerCompiler } from './serialization.ts'
import { cutOffSlowBodies } from './slow-bodies.ts'
import { createValidation, type Validator } from './validation.ts'
import { createWordFilter, type WordFilter } from './word-filter.ts'
import { answerWithoutRoute, createWebClient, webClientFiles, type WebClient } from './web-client.ts'

declare module 'fastify' {
  interface FastifyInstance {
    validator: Validator
    /** Finds the words that the operators block in texts of people. */
    blockedWords: WordFilter
    webClient: WebClient
    /** Returns the URL clients use to reach the server, without a trailing slash. */
    publicUrl(): string
  }
  interface FastifyRequest {
    /** The span of this request; null without tracing. */
    span: OpenSpan | null
  }
}

/** HTTP: errors, bodies, validation, connections, and the files of the web client. */
export default fp(
  async app => {
    const { config, server, metrics, tracing } = app
    app.setErrorHandler((error, request, reply) => answerError(error, request, reply))
    app.decorate('publicUrl', createPublicUrl({ config, server }))

    const { HTTPS_CERT, HTTPS_KEY } = config
    if (HTTPS_CERT !== undefined && HTTPS_KEY !== undefined) {
      app.addHook('onClose', followCertificate(server, { certificateFile: HTTPS_CERT, keyFile: HTTPS_KEY }, app.log))
    }

    const connections = createConnections({ server, deadlineMs: config.DRAIN_DEADLINE_MS, logger: app.log })
    app.addHook('onRequest', connections.rejectWhenClosing)
    app.addHook('preClose', async () => connections.startClosing())
    app.addHook('onClose', async () => connections.finishClosing())
    app.addHook('onRequest', cutOffSlowBodies(server))
    app.addHook('onRequest', rejectWithoutRoute)
    app.addHook('onRoute', limitBodies(config.LIMIT_BODY_BYTES))

    const parseJson = app.getDefaultJsonParser('error', 'error')
    app.removeContentTypeParser(['application/json', 'text/plain'])
    app.addContentTypeParser('application/json', { parseAs: 'string' }, parseJsonOrNothing(parseJson))
    app.addHook('preHandler', rejectUnexpectedBody)
    const blockedWords = createWordFilter(config.COMMENT_BLOCKED_WORDS?.split(',') ?? [])
    app.decorate('blockedWords', blockedWords)
    const { validator, validatorCompiler } = createValidation(blockedWords)
    app.setValidatorCompiler(validatorCompiler)
    app.setSerializerCompiler(serializerCompiler)
    app.decorate('validator', validator)

    const requestMetrics = measureRequests(metrics.http)
    app.addHook('onResponse', requestMetrics.onResponse)
    app.addHook('onError', requestMetrics.onError)
    if (tracing.isOn) {
      app.decorateRequest('span', null)
      const requestSpans = traceRequests({ tracing, trustsProxy: config.TRUST_PROXY })
      app.addHook('onRequest', requestSpans.onRequest)
      app.addHook('preValidation', requestSpans.preValidation)
      app.addHook('onResponse', requestSpans.onResponse)
    }

    const webClient = createWebClient()
    app.decorate('webClient', webClient)
    if (webClient.isBuilt) await app.register(fastifyStatic, webClientFiles())
    app.setNotFoundHandler(async (request, reply) => await answerWithoutRoute(webClient, request, reply))
  },
  { name: 'http', dependencies: ['metrics', 'tracing'] }
)
