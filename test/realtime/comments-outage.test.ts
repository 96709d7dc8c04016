import t from 'tap'
import type { LiveComment } from '../../contract/comments.ts'
import { joinShow, goLive } from '../users.ts'
import { startApp, until } from './real-app.ts'
import { startUnsteadyStore } from './store-outage.ts'

t.test(
  'with the store away comments are unavailable and the room goes on; once it is back nothing is lost, doubled or held against anybody',
  async t => {
    // Teardowns run in reverse: the application ends before its store.
    const store = await startUnsteadyStore(t)
    const { url } = await startApp(t, { MONGODB_URL: store.url })
    const { client: host, showId } = await goLive(url, 'A show', { slowModeMs: 600_000 })
    const [first, second] = [await joinShow(url, showId), await joinShow(url, showId)]
    const heard: LiveComment[] = []
    host.socket.on('comments', ({ comments }) => heard.push(...comments))
    await host.request('comment:send', { clientId: 'a', text: 'Before' })

    await store.goAway()
    const answered: string[] = []
    const note = async (name: string, answer: Promise<unknown>) => {
      answered.push(`${name} ${JSON.stringify(await answer)}`)
    }
    const sent = [
      note('first', first.client.requestRaw('comment:send', { clientId: 'a', text: 'On its way' })),
      note('second', second.client.requestRaw('comment:send', { clientId: 'a', text: 'Never asked for' }))
    ]
    await Promise.all([
      note(
        'resync',
        host.request('show:resync', {}).then(() => 'ok')
      ),
      note(
        'reaction',
        second.client.request('reaction:send', { emoji: '👏' }).then(() => 'ok')
      )
    ])
    t.same(answered.sort(), ['reaction "ok"', 'resync "ok"'], 'while both comments wait')
    await Promise.all(sent)
    t.equal(answered.filter(answer => answer.includes('UNAVAILABLE')).length, 2)

    await store.comeBack()
    t.equal(
      (await second.client.request('comment:send', { clientId: 'b', text: 'Said otherwise' })).comment.text,
      'Said otherwise',
      'slow mode does not count what was not stored'
    )
    const { comment } = await first.client.request('comment:send', { clientId: 'a', text: 'On its way' })
    await until(() => heard.length >= 3)
    t.same(
      heard.map(({ text }) => text),
      ['Before', 'On its way', 'Said otherwise']
    )
    t.same(heard[1], comment)
    t.equal(
      await first.client.requestError('comment:send', { clientId: 'b', text: 'Too soon' }),
      'RATE_LIMITED',
      'what was stored counts'
    )
  }
)
