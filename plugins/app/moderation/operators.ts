import { CodedError } from '../../../contract/errors.ts'
import type { Report } from '../../../contract/safety.ts'
import type { Comments } from '../comments/comments.ts'
import type { Authenticate } from '../identity/authenticate.ts'
import type { Sessions } from '../identity/sessions.ts'
import type { Suspensions } from '../identity/suspensions.ts'
import { allDone } from '../operations/all-done.ts'
import { noSuchPerson, type Users } from '../people/users.ts'
import type { ReplayTakedowns } from '../replays/replay-takedowns.ts'
import type { Covers } from '../shows/covers.ts'
import type { LiveShows } from '../shows/live-shows.ts'
import type { Shows } from '../shows/shows.ts'
import type { OperatorActions } from './operator-actions.ts'
import type { Reports } from './reports.ts'

export interface OperatorsParts {
  operatorIds: readonly string[]
  actions: OperatorActions
  reports: Reports
  shows: Pick<Shows, 'findRecord' | 'list'>
  liveShows: Pick<LiveShows, 'command'>
  comments: Pick<Comments, 'getById' | 'remove'>
  takedowns: ReplayTakedowns
  covers: Pick<Covers, 'assertExists' | 'takeDown'>
  users: Pick<Users, 'findPerson'>
  suspensions: Pick<Suspensions, 'add' | 'remove'>
  sessions: Pick<Sessions, 'revokeAll'>
}

export type Operators = ReturnType<typeof createOperators>

/** Actions of the people who run the server. Each action is logged before it is carried out. */
export function createOperators(parts: OperatorsParts) {
  const { actions, reports, shows, liveShows, comments, takedowns, covers, users, suspensions, sessions } = parts
  const operatorIds = new Set(parts.operatorIds)

  /** Ends a show; one that has ended meanwhile is fine. */
  async function endIfLive(operatorId: string, showId: string): Promise<void> {
    try {
      await liveShows.command(showId, { kind: 'operator', userId: operatorId }, { type: 'show:end' })
    } catch (error) {
      if (!(error instanceof CodedError) || (error.code !== 'SHOW_NOT_LIVE' && error.code !== 'SHOW_ENDED')) throw error
    }
  }

  async function endShowsOf(userId: string, operatorId: string): Promise<void> {
    const { items } = await shows.list({ creatorId: userId, status: 'live', limit: 1 }, userId)
    for (const { id } of items) await endIfLive(operatorId, id)
  }

  async function assertExists(userId: string): Promise<void> {
    if (!(await users.findPerson(userId))) throw noSuchPerson()
  }

  return {
    isOperator: (userId: string) => operatorIds.has(userId),

    /** Throws NOT_FOUND, CONFLICT for an answered report. */
    async answerReport(operatorId: string, reportId: string, answer: string): Promise<Report> {
      await reports.assertOpen(reportId)
      return await actions.record(
        { operatorId, type: 'reportAnswered', subjectId: reportId, reason: answer },
        async () => await reports.answer(reportId, answer)
      )
    },

    /** Ends the live show of any creator. Throws NOT_FOUND, SHOW_NOT_LIVE, SHOW_ENDED. */
    async endShow(operatorId: string, showId: string, reason: string): Promise<void> {
      const show = await shows.findRecord(showId)
      if (!show) throw new CodedError('NOT_FOUND', 'There is no such show.')
      if (show.status === 'scheduled') throw new CodedError('SHOW_NOT_LIVE', 'The show is not live.')
      if (show.status === 'ended') throw new CodedError('SHOW_ENDED', 'The show has ended.')
      await actions.record(
        { operatorId, type: 'showEnded', subjectId: showId, reason },
        async () => await liveShows.command(showId, { kind: 'operator', userId: operatorId }, { type: 'show:end' })
      )
    },

    /** Deletes the comment of any person. Throws NOT_FOUND, UNAVAILABLE. */
    async deleteComment(operatorId: string, commentId: string, reason: string): Promise<void> {
      const { showId } = await comments.getById(commentId)
      await actions.record(
        { operatorId, type: 'commentDeleted', subjectId: commentId, reason },
        async () => await comments.remove(showId, commentId)
      )
    },

    /**
     * Takes a replay down: it is not published until it is restored, and its creator sees the reason. Throws NOT_FOUND.
     */
    async takeDownReplay(operatorId: string, showId: string, reason: string): Promise<void> {
      await takedowns.assertExists(showId)
      await actions.record(
        { operatorId, type: 'replayTakenDown', subjectId: showId, reason },
        async () => await takedowns.add(showId, reason)
      )
    },

    /** Restores a replay, which is published again if its creator had published it. Throws NOT_FOUND. */
    async restoreReplay(operatorId: string, showId: string, reason: string): Promise<void> {
      await takedowns.assertExists(showId)
      await actions.record(
        { operatorId, type: 'replayRestored', subjectId: showId, reason },
        async () => await takedowns.lift(showId)
      )
    },

    /**
     * Deletes the cover of a show, and removes it from all shows of its creator that have the same one. Throws
     * NOT_FOUND, UNAVAILABLE.
     */
    async removeCover(operatorId: string, showId: string, reason: string): Promise<void> {
      await covers.assertExists(showId)
      await actions.record(
        { operatorId, type: 'coverRemoved', subjectId: showId, reason },
        async () => await covers.takeDown(showId)
      )
    },

    /**
     * Suspends an account until it is restored: the person is signed out everywhere, can't sign in, and their live show
     * ends. Safe to repeat, which also finishes an interrupted suspension. Throws NOT_FOUND, FORBIDDEN for another
     * operator.
     */
    async suspend(operatorId: string, userId: string, reason: string): Promise<void> {
      await assertExists(userId)
      if (operatorIds.has(userId)) throw new CodedError('FORBIDDEN', 'An operator cannot be suspended.')
      await actions.record({ operatorId, type: 'accountSuspended', subjectId: userId, reason }, async () => {
        await suspensions.add(userId, reason)
        await allDone([sessions.revokeAll(userId), endShowsOf(userId, operatorId)])
      })
    },

    /** Restores a suspended account; the person has to sign in again. Throws NOT_FOUND. */
    async restore(operatorId: string, userId: string, reason: string): Promise<void> {
      await assertExists(userId)
      await actions.record(
        { operatorId, type: 'accountRestored', subjectId: userId, reason },
        async () => await suspensions.remove(userId)
      )
    }
  }
}

/** Returns a hook that admits operators. Everybody else gets the answer of an unknown address. */
export function createOperatorAuthentication(operators: Operators, recognize: Authenticate): Authenticate {
  return (request, reply, done) => {
    recognize(request, reply, error => {
      if (error) done(hideRoute(error))
      else done(request.caller && operators.isOperator(request.caller.userId) ? undefined : noSuchAddress())
    })
  }
}

/** Returns the error to answer with. Only the owner of a once valid token may learn that it has expired. */
function hideRoute(error: Error): Error {
  const isTold = error instanceof CodedError && error.code !== 'UNAUTHENTICATED' && error.code !== 'RATE_LIMITED'
  return isTold ? error : noSuchAddress()
}

function noSuchAddress(): CodedError {
  return new CodedError('NOT_FOUND', 'There is no such address.')
}
