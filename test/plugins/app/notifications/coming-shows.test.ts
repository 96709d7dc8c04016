import t from 'tap'
import { createFanOut } from '../../../../plugins/app/notifications/fan-out.ts'
import type { Occasion } from '../../../../plugins/app/notifications/queue/occasion-queue.ts'

t.test('a coming show without reminders is looked at every ten seconds, and told of once somebody has one', async t => {
  const clock = { ms: Date.now() }
  const startsAt = new Date(clock.ms + 9 * 60_000)
  const looks: string[] = []
  const added: Occasion[] = []
  let userIds: string[] = []
  const fanOut = createFanOut({
    occasions: {
      async add(occasion) {
        added.push(occasion)
      },
      claim: async () => null,
      advance: async () => null,
      finish: async () => {}
    },
    messages: { add: async () => {} },
    shows: {
      findStartedSince: async () => [],
      findComing: async () => [{ _id: 'show', creatorId: 'creator', startsAt }]
    },
    follows: { followers: async () => ({ items: [], nextCursor: null }) },
    reminders: {
      async people(showId) {
        looks.push(showId)
        return { userIds, nextCursor: null }
      }
    },
    preferences: { findWilling: async ids => new Set(ids) },
    ...{ channels: [], nowMs: () => clock.ms }
  })
  for (let n = 0; n < 25; n++) {
    await fanOut.find()
    clock.ms += 1000
  }
  t.equal(looks.length, 3)
  t.same(added, [])
  userIds = ['fan']
  clock.ms += 10_000
  for (let n = 0; n < 5; n++) await fanOut.find()
  t.equal(looks.length, 4, 'what is in the queue is known')
  t.match(added, [{ showId: 'show', kind: 'soon', at: startsAt }])
})
