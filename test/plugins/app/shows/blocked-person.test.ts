import t from 'tap'
import { CodedError, type ErrorCode } from '../../../../contract/errors.ts'
import { createOperators } from '../../../../plugins/app/moderation/operators.ts'
import { removeBlockedPerson } from '../../../../plugins/app/shows/blocked-person.ts'
import { standIn } from '../../../realtime/live/stand-in.ts'

/** The port to a live show that answers every command with this code. */
function liveShowsThat(code: ErrorCode | null) {
  const asked: string[] = []
  return {
    asked,
    findShowOf: () => undefined,
    async command(showId: string, _actor: unknown, { type }: { type: string }) {
      asked.push(`${type} ${showId}`)
      if (code !== null) throw new CodedError(code, 'Answered by the home of the show.')
    }
  }
}

/** The outcome for a person who is blocked by the creator of a live show. */
async function block(code: ErrorCode | null): Promise<string[]> {
  const liveShows = liveShowsThat(code)
  await removeBlockedPerson({ findLiveShowId: async () => 'show', liveShows })('creator', 'blocked')
  return liveShows.asked
}

/** The outcome for a creator who is suspended while their show is live. */
async function suspend(code: ErrorCode | null): Promise<string[]> {
  const liveShows = liveShowsThat(code)
  const operators = createOperators(
    standIn({
      operatorIds: [],
      actions: { record: async (_action: object, carryOut: () => Promise<void>) => await carryOut() },
      shows: { list: async () => ({ items: [{ id: 'show' }] }) },
      liveShows,
      users: { findPerson: async () => ({}) },
      suspensions: { add: async () => {} },
      sessions: { revokeAll: async () => {} }
    })
  )
  await operators.suspend('operator', 'creator', 'spam')
  return liveShows.asked
}

for (const [name, act, asked] of [
  ['a block', block, 'member:remove show'],
  ['a suspension', suspend, 'show:end show']
] as const) {
  t.test(`${name} succeeds when the home of the show did it, or has nobody there`, async t => {
    for (const code of [null, 'SHOW_NOT_LIVE', 'SHOW_ENDED'] as const) t.same(await act(code), [asked])
  })

  t.test(`${name} reports a home that does not answer`, async t => {
    await t.rejects(act('UNAVAILABLE'), { code: 'UNAVAILABLE' })
  })
}
