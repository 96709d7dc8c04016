import t from 'tap'
import type { LiveComment } from '../../contract/comments.ts'
import { joinShow, goLive } from '../users.ts'
import { startApp, until } from './real-app.ts'
import { startInterruptibleStore } from './interruptible-store.ts'

t.test(
  'while the store is down, comments are UNAVAILABLE and the room works; afterwards no comment is lost or stored twice',
  async t => {
    // Teardowns run in reverse order: the application ends before its store.
    const store = await startInterruptibleStore(t)
    const { url } = await startApp(t, { MONGODB_URL: store.url })
    const { client: host, showId } = await goLive(url, 'A show', { slowModeMs: 600_000 })
    const [first, second] = [await joinShow(url, showId), await joinShow(url, showId)]
    const received: LiveComment[] = []
    host.socket.on('comments', ({ comments }) => received.push(...comments))
    await host.request('comment:send', { clientId: 'a', text: 'Before' })

    await store.disconnect()
    const answered: string[] = []
    const record = async (name: string, answer: Promise<unknown>) => {
      answered.push(`${name} ${JSON.stringify(await answer)}`)
    }
    const sent = [
      record('first', first.client.requestRaw('comment:send', { clientId: 'a', text: 'In flight' })),
      record('second', second.client.requestRaw('comment:send', { clientId: 'a', text: 'Not repeated' }))
    ]
    await Promise.all([
      record(
        'resync',
        host.request('show:resync', {}).then(() => 'ok')
      ),
      record(
        'reaction',
        second.client.request('reaction:send', { emoji: '👏' }).then(() => 'ok')
      )
    ])
    t.same(answered.sort(), ['reaction "ok"', 'resync "ok"'], 'both comments wait')
    await Promise.all(sent)
    t.equal(answered.filter(answer => answer.includes('UNAVAILABLE')).length, 2)

    await store.reconnect()
    t.equal(
      (await second.client.request('comment:send', { clientId: 'b', text: 'Another text' })).comment.text,
      'Another text',
      'slow mode does not count a comment that was not stored'
    )
    const { comment } = await first.client.request('comment:send', { clientId: 'a', text: 'In flight' })
    await until(() => received.length >= 3)
    t.same(
      received.map(({ text }) => text),
      ['Before', 'In flight', 'Another text']
    )
    t.same(received[1], comment)
    t.equal(
      await first.client.requestError('comment:send', { clientId: 'b', text: 'Too soon' }),
      'RATE_LIMITED',
      'slow mode counts a stored comment'
    )
  }
)
