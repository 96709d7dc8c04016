import { randomInt } from 'node:crypto'
import { Type, type FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { DevLogin, GuestLogin, LogoutBody, RefreshBody, Tokens } from '../../../contract/auth.ts'
import { CodedError } from '../../../contract/errors.ts'
import { errorAnswers } from '../../../contract/error-answer.ts'
import { deviceOf } from '../../../plugins/app/identity/device.ts'
import { countedRenewal, countedSignIn } from '../../../plugins/external/rate-limit.ts'

/** Signing in and out. */
const routes: FastifyPluginAsyncTypebox = async app => {
  const counted = countedSignIn(app)
  const tags = ['auth']

  app.post(
    '/dev-login',
    {
      ...counted,
      schema: {
        tags,
        operationId: 'devLogin',
        summary: 'Sign in as a new user with a name only; requires AUTH_DEV_LOGIN',
        body: DevLogin,
        response: { 200: Tokens, ...errorAnswers('NOT_FOUND') }
      }
    },
    async ({ body, headers }) => {
      if (!app.config.AUTH_DEV_LOGIN) throw new CodedError('NOT_FOUND', 'Signing in by name is off on this server.')
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
        summary: 'Sign in as a guest, who may only listen and react; requires AUTH_GUESTS',
        body: GuestLogin,
        response: { 200: Tokens, ...errorAnswers('NOT_FOUND') }
      }
    },
    async ({ body, headers }) => {
      if (!app.config.AUTH_GUESTS) throw new CodedError('NOT_FOUND', 'This server takes no guests; sign in.')
      const user = await app.users.create({ displayName: body.displayName ?? guestName(), guest: true })
      return app.tokens.issue(user, await app.sessions.open(user.id, deviceOf(headers)))
    }
  )

  app.post(
    '/refresh',
    {
      ...countedRenewal(app),
      schema: {
        tags,
        operationId: 'refresh',
        summary: 'Exchange a refresh token for new tokens; using one twice ends the session',
        body: RefreshBody,
        response: { 200: Tokens, ...errorAnswers('UNAUTHENTICATED', 'FORBIDDEN') }
      }
    },
    async ({ body, headers }) => {
      // Counted before the token is used, because a refused renewal must leave it valid.
      const signInId = await app.sessions.findId(body.refreshToken)
      if (signInId !== null) await app.signInLimits.countRenewal(signInId)
      const signIn = await app.sessions.rotate(body.refreshToken, deviceOf(headers))
      const user = await app.users.find(signIn.userId)
      if (user?.guest && !app.config.AUTH_GUESTS) {
        throw new CodedError('UNAUTHENTICATED', 'This server no longer takes guests; sign in.')
      }
      if (!user) throw new CodedError('UNAUTHENTICATED', 'This account does not exist any more.')
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
        summary: 'End this session, or all sessions of the user',
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

/** Returns a name without personal data that is different for most guests. */
function guestName(): string {
  return `Guest ${randomInt(1000, 10_000)}`
}

export default routes
