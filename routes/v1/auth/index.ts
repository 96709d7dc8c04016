import { randomInt } from 'node:crypto'
import { Type, type FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { DevLogin, GuestLogin, LogoutBody, RefreshBody, Tokens } from '../../../contract/auth.ts'
import { CodedError } from '../../../contract/errors.ts'
import { errorAnswers } from '../../../contract/error-answer.ts'
import { deviceOf } from '../../../plugins/app/identity/device.ts'
import { countedByAddress } from '../../../plugins/external/rate-limit.ts'

/** Coming in and going out. Counted by address, since nobody is known yet. */
const routes: FastifyPluginAsyncTypebox = async app => {
  const counted = countedByAddress(app)
  const tags = ['auth']

  app.post(
    '/dev-login',
    {
      ...counted,
      schema: {
        tags,
        operationId: 'devLogin',
        summary: 'Sign in as a new person with a name and nothing else; only where AUTH_DEV_LOGIN is on',
        body: DevLogin,
        response: { 200: Tokens, ...errorAnswers('NOT_FOUND') }
      }
    },
    async ({ body, headers }) => {
      if (!app.config.AUTH_DEV_LOGIN) throw new CodedError('NOT_FOUND', 'Signing in by name is off here.')
      const user = await app.users.create(body)
      return app.tokens.issue(user, await app.sessions.open(user.id, deviceOf(headers)))
    }
  )

  app.post(
    '/guest',
    {
      ...counted,
      schema: {
        tags,
        operationId: 'guestLogin',
        summary: 'Come in as a guest, who may listen and react, nothing else; only where AUTH_GUESTS is on',
        body: GuestLogin,
        response: { 200: Tokens, ...errorAnswers('NOT_FOUND') }
      }
    },
    async ({ body, headers }) => {
      if (!app.config.AUTH_GUESTS) throw new CodedError('NOT_FOUND', 'There are no guests here; sign in.')
      const user = await app.users.create({ displayName: body.displayName ?? guestName(), guest: true })
      return app.tokens.issue(user, await app.sessions.open(user.id, deviceOf(headers)))
    }
  )

  app.post(
    '/refresh',
    {
      ...counted,
      schema: {
        tags,
        operationId: 'refresh',
        summary: 'Exchange a refresh token for new tokens; using one twice ends the session',
        body: RefreshBody,
        response: { 200: Tokens, ...errorAnswers('UNAUTHENTICATED', 'FORBIDDEN') }
      }
    },
    async ({ body, headers }) => {
      const signIn = await app.sessions.rotate(body.refreshToken, deviceOf(headers))
      const user = await app.users.find(signIn.userId)
      if (user?.guest && !app.config.AUTH_GUESTS) {
        throw new CodedError('UNAUTHENTICATED', 'There are no guests here any more; sign in.')
      }
      if (!user) throw new CodedError('UNAUTHENTICATED', 'This account is gone.')
      return app.tokens.issue(user, signIn)
    }
  )

  app.post(
    '/logout',
    {
      ...counted,
      schema: {
        tags,
        operationId: 'logout',
        summary: "End this session, or all of the person's",
        body: LogoutBody,
        response: { 204: Type.Null(), ...errorAnswers('UNAUTHENTICATED') }
      }
    },
    async ({ body }, reply) => {
      await app.sessions.end(body.refreshToken, body.everywhere ?? false)
      return await reply.code(204).send(null)
    }
  )
}

/** A name that says nothing about anybody, and tells guests apart well enough. */
function guestName(): string {
  return `Guest ${randomInt(1000, 10_000)}`
}

export default routes
