import t from 'tap'
import { CodedError } from '../../../../contract/errors.ts'
import { createBackstage, type BackstageParts } from '../../../../plugins/app/shows/backstage.ts'
import type { ShowDocument } from '../../../../plugins/app/shows/document.ts'
import { onEachBackend } from '../../../store/backends.ts'

const creatorId = 'creator'
const noSuchShow = new CodedError('NOT_FOUND', 'There is no such show.')

onEachBackend(t, async (t, db) => {
  const shows = db.collection<ShowDocument>('shows')
  /** Shows whose rooms do not answer. */
  const silentIds = new Set<string>()
  const toldIds: string[] = []

  async function get(showId: string): Promise<ShowDocument> {
    const show = await shows.findOne({ _id: showId })
    if (!show) throw noSuchShow
    return show
  }

  const backstage = await createBackstage({
    shows,
    guard: { get, authorize: async (_act, showId) => await get(showId) },
    users: {} as BackstageParts['users'],
    blocks: { findBetween: async () => new Set() },
    liveShows: {
      async backstageEdited(showId) {
        toldIds.push(showId)
        if (silentIds.has(showId)) throw new CodedError('UNAVAILABLE', 'The room does not answer.')
      }
    },
    nowMs: Date.now
  })

  /** Stores a show to which these people are invited. */
  async function plan(showId: string, status: ShowDocument['status'], ...userIds: string[]): Promise<void> {
    const guests = userIds.map(userId => ({ userId, role: 'guest', invitedAt: new Date(0) }))
    await shows.insertOne({ _id: showId, creatorId, status, backstage: { version: 1, guests } } as never)
  }

  const guestsOf = async (showId: string) => (await get(showId)).backstage?.guests.map(({ userId }) => userId)

  t.test('a room that does not answer keeps a blocked person in no other backstage', async t => {
    for (const showId of ['one', 'two', 'three']) await plan(showId, 'scheduled', 'ann', 'ben')
    silentIds.add('one').add('two')
    await t.rejects(backstage.onBlocked(creatorId, 'ann'), { code: 'UNAVAILABLE' })
    for (const showId of ['one', 'two', 'three']) t.same(await guestsOf(showId), ['ben'])
    t.same(toldIds.toSorted(), ['one', 'three', 'two'])
  })

  t.test('the invitations of a show that has started are withdrawn, whether its room answers or not', async t => {
    for (const status of ['live', 'ended'] as const) {
      await plan(status, status, 'ann', 'ben')
      silentIds.add(status)
      await backstage.withdraw(status, creatorId, 'ann')
      t.same(await guestsOf(status), ['ben'])
    }
    t.notOk(toldIds.includes('ended'), 'an ended show has no room')
  })
})
