import pino from 'pino'
import t from 'tap'
import type { AnnouncementListener } from '../../../plugins/app/moderation/announcement-board.ts'
import { createAnnouncer } from '../../../realtime/delivery/announcer.ts'
import { until } from '../cluster/until.ts'

t.test(
  'a node reads the store at its start, after a reconnection, and again and again while it has sockets',
  async t => {
    let refreshes = 0
    let reconnected = () => {}
    const sockets = new Map<string, object>()
    let listener: AnnouncementListener | undefined
    const sent: unknown[] = []
    const announcer = createAnnouncer({
      // The announcer uses the number of sockets only.
      io: { of: () => ({ sockets }) } as never,
      board: {
        bind(bound) {
          listener = bound
        },
        known: () => [{ id: 'a', text: 'A', until: 5 }],
        async refresh() {
          refreshes++
          throw new Error('store unavailable')
        }
      },
      bus: {
        onReconnected(heard) {
          reconnected = heard
        }
      },
      toAll: (event, payload) => sent.push([event, payload]),
      logger: pino({ level: 'silent' }),
      refreshEveryMs: 5
    })
    t.teardown(() => announcer.close())
    t.equal(refreshes, 1)
    reconnected()
    t.equal(refreshes, 2)
    await new Promise(resolve => setTimeout(resolve, 50))
    t.equal(refreshes, 2, 'not for nobody')
    sockets.set('socket', {})
    await until(() => refreshes >= 4)

    listener?.onAdded({ id: 'b', text: 'B', until: 9 })
    listener?.onEnded('b')
    t.match(sent, [
      ['announcement', { id: 'b', text: 'B', until: 9, at: Number }],
      ['announcement:ended', { id: 'b' }]
    ])
    announcer.close()
    const before = refreshes
    await new Promise(resolve => setTimeout(resolve, 50))
    t.equal(refreshes, before, 'not after it is closed')
  }
)
