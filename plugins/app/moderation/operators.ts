import type { FastifyInstance } from 'fastify'
import fp from 'fastify-plugin'
import { CodedError } from '../../../contract/errors.ts'
import type { Report } from '../../../contract/safety.ts'
import { callerOf } from '../identity/authenticate.ts'

declare module 'fastify' {
  interface FastifyInstance {
    operators: Operators
    /** Lets operators in; for anybody else there is no such address. Throws NOT_FOUND, TOKEN_EXPIRED. */
    authenticateOperator(request: FastifyRequest, reply: FastifyReply): Promise<void>
  }
}

export type Operators = ReturnType<typeof createOperators>

/** What those who run the server may do about what happens on it. Each act is in the log before it is done. */
export function createOperators(app: FastifyInstance) {
  const ids = new Set(app.config.OPERATOR_IDS)

  /** Ends a show whatever its creator wants; one that is over by now is as it should be. */
  async function endForSure(operatorId: string, showId: string): Promise<void> {
    try {
      await app.liveShows.command(showId, { kind: 'operator', userId: operatorId }, { type: 'show:end' })
    } catch (error) {
      if (!(error instanceof CodedError) || (error.code !== 'SHOW_NOT_LIVE' && error.code !== 'SHOW_ENDED')) throw error
    }
  }

  async function endShowsOf(userId: string, operatorId: string): Promise<void> {
    const { items } = await app.shows.list({ creatorId: userId, status: 'live', limit: 1 }, userId)
    for (const { id } of items) await endForSure(operatorId, id)
  }

  async function requirePerson(userId: string): Promise<void> {
    if (!(await app.users.findPerson(userId))) throw new CodedError('NOT_FOUND', 'There is no such person.')
  }

  return {
    isOperator: (userId: string) => ids.has(userId),

    /** Throws NOT_FOUND, CONFLICT when it was answered. */
    async answerReport(operatorId: string, reportId: string, answer: string): Promise<Report> {
      await app.reports.requireOpen(reportId)
      return await app.operatorActs.record(
        { operatorId, type: 'reportAnswered', subjectId: reportId, reason: answer },
        async () => await app.reports.answer(reportId, answer)
      )
    },

    /** Ends anybody's live show. Throws NOT_FOUND, SHOW_NOT_LIVE, SHOW_ENDED. */
    async endShow(operatorId: string, showId: string, reason: string): Promise<void> {
      const show = await app.shows.findRecord(showId)
      if (!show) throw new CodedError('NOT_FOUND', 'There is no such show.')
      if (show.status === 'scheduled') throw new CodedError('SHOW_NOT_LIVE', 'The show is not live.')
      if (show.status === 'ended') throw new CodedError('SHOW_ENDED', 'The show has ended.')
      await app.operatorActs.record(
        { operatorId, type: 'showEnded', subjectId: showId, reason },
        async () => await app.liveShows.command(showId, { kind: 'operator', userId: operatorId }, { type: 'show:end' })
      )
    },

    /** Deletes anybody's comment. Throws NOT_FOUND, UNAVAILABLE. */
    async deleteComment(operatorId: string, commentId: string, reason: string): Promise<void> {
      const { showId } = await app.comments.getById(commentId)
      await app.operatorActs.record(
        { operatorId, type: 'commentDeleted', subjectId: commentId, reason },
        async () => await app.comments.remove(showId, commentId)
      )
    },

    /**
     * Closes an account until it is restored: it is signed out everywhere, can't sign in, and its live show ends. Safe to repeat,
     * which also finishes what was interrupted. Throws NOT_FOUND, FORBIDDEN for another operator.
     */
    async suspend(operatorId: string, userId: string, reason: string): Promise<void> {
      await requirePerson(userId)
      if (ids.has(userId)) throw new CodedError('FORBIDDEN', 'An operator cannot be suspended.')
      await app.operatorActs.record({ operatorId, type: 'accountSuspended', subjectId: userId, reason }, async () => {
        await app.suspensions.add(userId, reason)
        await app.sessions.revokeAll(userId)
        await endShowsOf(userId, operatorId)
      })
    },

    /** Opens a suspended account again; its person signs in anew. Throws NOT_FOUND. */
    async restore(operatorId: string, userId: string, reason: string): Promise<void> {
      await requirePerson(userId)
      await app.operatorActs.record(
        { operatorId, type: 'accountRestored', subjectId: userId, reason },
        async () => await app.suspensions.remove(userId)
      )
    }
  }
}

/** Only a token that was good once may be told that it is over; whoever else knocks learns nothing. */
function unseen(error: unknown): never {
  if (error instanceof CodedError && error.code !== 'UNAUTHENTICATED' && error.code !== 'RATE_LIMITED') throw error
  throw new CodedError('NOT_FOUND', 'There is no such address.')
}

export default fp(
  async app => {
    const operators = createOperators(app)
    app.decorate('operators', operators)
    app.decorate('authenticateOperator', async (request, reply) => {
      await app.recognize(request, reply).catch(unseen)
      if (!request.caller || !operators.isOperator(callerOf(request).userId)) {
        throw new CodedError('NOT_FOUND', 'There is no such address.')
      }
    })
  },
  {
    name: 'operators',
    dependencies: [
      'authenticate',
      'comments',
      'live-shows',
      'operator-acts',
      'reports',
      'sessions',
      'shows',
      'suspensions',
      'users'
    ]
  }
)
