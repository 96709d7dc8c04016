import { Type, type FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { errorAnswers } from '../../../../../contract/error-answer.ts'
import { Exactly, Id } from '../../../../../contract/primitives.ts'
import {
  Webhook,
  WebhookDeliveries,
  WebhookDelivery,
  WebhookDraft,
  WebhookPatch,
  Webhooks,
  WebhookWithSecret
} from '../../../../../contract/webhooks.ts'
import { callerOf } from '../../../../../plugins/app/identity/authenticate.ts'
import { stricterLimit } from '../../../../../plugins/external/rate-limit/stricter-limit.ts'

const params = Exactly({ webhookId: Id })

/** Addresses that are told about the shows of the caller. */
const routes: FastifyPluginAsyncTypebox = async app => {
  const tags = ['notifications']
  const security = [{ bearer: [] }]
  const account = { onRequest: app.authenticateAccount }
  const editLimit = { rateLimit: stricterLimit(app.config.LIMIT_EDITS_PER_MINUTE, app.config) }
  const refusals = ['UNAUTHENTICATED', 'FORBIDDEN'] as const

  app.get(
    '/',
    {
      ...account,
      schema: {
        tags,
        security,
        operationId: 'listMyWebhooks',
        summary: 'List your webhooks, oldest first',
        response: { 200: Webhooks, ...errorAnswers(...refusals) }
      }
    },
    async request => ({ items: await app.webhooks.list(callerOf(request).userId) })
  )

  app.post(
    '/',
    {
      ...account,
      config: editLimit,
      schema: {
        tags,
        security,
        operationId: 'createMyWebhook',
        summary: 'Add an address that is told about your shows; the secret of its signatures is shown once',
        body: WebhookDraft,
        response: { 201: WebhookWithSecret, ...errorAnswers(...refusals, 'CONFLICT') }
      }
    },
    async (request, reply) => {
      reply.header('cache-control', 'no-store')
      return await reply.code(201).send(await app.webhooks.create(callerOf(request).userId, request.body))
    }
  )

  app.patch(
    '/:webhookId',
    {
      ...account,
      config: editLimit,
      schema: {
        tags,
        security,
        operationId: 'patchMyWebhook',
        summary: 'Change a webhook, disable it or enable it again',
        params,
        body: WebhookPatch,
        response: { 200: Webhook, ...errorAnswers(...refusals, 'NOT_FOUND') }
      }
    },
    async request => await app.webhooks.patch(callerOf(request).userId, request.params.webhookId, request.body)
  )

  app.delete(
    '/:webhookId',
    {
      ...account,
      schema: {
        tags,
        security,
        operationId: 'deleteMyWebhook',
        summary: 'Delete a webhook',
        params,
        response: { 204: Type.Null(), ...errorAnswers(...refusals) }
      }
    },
    async (request, reply) => {
      await app.webhooks.remove(callerOf(request).userId, request.params.webhookId)
      return await reply.code(204).send(null)
    }
  )

  app.post(
    '/:webhookId/secret',
    {
      ...account,
      config: editLimit,
      schema: {
        tags,
        security,
        operationId: 'rotateMyWebhookSecret',
        summary: 'Make a new secret; for a day, messages have a signature of the one before too',
        params,
        response: { 200: WebhookWithSecret, ...errorAnswers(...refusals, 'NOT_FOUND') }
      }
    },
    async (request, reply) => {
      reply.header('cache-control', 'no-store')
      return await app.webhooks.rotate(callerOf(request).userId, request.params.webhookId)
    }
  )

  app.post(
    '/:webhookId/test',
    {
      ...account,
      config: editLimit,
      schema: {
        tags,
        security,
        operationId: 'testMyWebhook',
        summary: 'Send a `webhook.test`, once; its delivery says what became of it',
        params,
        response: { 202: WebhookDelivery, ...errorAnswers(...refusals, 'NOT_FOUND', 'CONFLICT') }
      }
    },
    async (request, reply) =>
      await reply.code(202).send(await app.webhooks.test(callerOf(request).userId, request.params.webhookId))
  )

  app.get(
    '/:webhookId/deliveries',
    {
      ...account,
      schema: {
        tags,
        security,
        operationId: 'listMyWebhookDeliveries',
        summary: 'List the last messages to a webhook, newest first',
        params,
        response: { 200: WebhookDeliveries, ...errorAnswers(...refusals, 'NOT_FOUND') }
      }
    },
    async request => ({
      items: await app.webhooks.deliveries(callerOf(request).userId, request.params.webhookId)
    })
  )
}

export default routes
