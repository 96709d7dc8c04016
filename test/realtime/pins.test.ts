import t from 'tap'
import { startServer } from '../server-process.ts'
import { goLive, joinShow } from '../users.ts'
import { sendComment } from './comment-steps.ts'

const server = await startServer({ MEDIA_WORKERS: '1' })
t.teardown(async () => await server.close())

const link = { url: 'https://example.com/tickets', text: 'Tickets' }

t.test('hosts pin one comment or one link, which everybody sees, latecomers too, also after a crash', async t => {
  const { client: host, creator, showId } = await goLive(server.url)
  const { client: listener, user } = await joinShow(server.url, showId, 'Writer')
  t.teardown(() => [host, listener].forEach(client => client.disconnect()))
  const { id: commentId } = await sendComment(listener, 'c1', 'Hello <b>all</b>')
  for (const [event, payload] of [
    ['comment:pin', { commentId }],
    ['link:pin', link],
    ['pin:remove', {}]
  ] as const) {
    t.equal(await listener.requestError(event, payload), 'FORBIDDEN', event)
  }
  t.equal(await host.requestError('comment:pin', { commentId: 'none' }), 'NOT_FOUND')

  await host.request('comment:pin', { commentId })
  const pinned = await listener.waitForEvent('comment:pinned')
  t.match(pinned.event, { commentId, userId: user.id, displayName: 'Writer', text: 'Hello <b>all</b>', by: creator.id })
  const count = host.roomEvents.length
  await host.request('comment:pin', { commentId })
  t.equal(host.roomEvents.length, count, 'what is pinned stays')

  await host.request('link:pin', link)
  const { client: latecomer } = await joinShow(server.url, showId)
  t.teardown(() => latecomer.disconnect())
  t.match((await latecomer.request('show:resync', {})).snapshot.pin, { kind: 'link', ...link, by: creator.id })

  await server.stop('SIGKILL')
  await server.restart()
  const { client: next } = await joinShow(server.url, showId)
  t.teardown(() => next.disconnect())
  t.match((await next.request('show:resync', {})).snapshot.pin, { kind: 'link', ...link })
})

t.test('a pinned link is an http or https address without a user name, and has a short text', async t => {
  const { client: host } = await goLive(server.url)
  t.teardown(() => host.disconnect())
  for (const url of [
    'javascript:alert(1)',
    'ftp://example.com',
    'https://',
    'https:///path',
    'https://bank.example@evil.example/',
    'https://user:secret@evil.example/',
    'https://evil.example\\@bank.example/',
    'https://a b.example',
    `https://example.com/${'a'.repeat(500)}`
  ]) {
    t.equal(await host.requestError('link:pin', { url, text: 'A' }), 'VALIDATION', url)
  }
  for (const text of ['', ' ', 'a'.repeat(51), 'two\nlines']) {
    t.equal(await host.requestError('link:pin', { ...link, text }), 'VALIDATION', JSON.stringify(text))
  }
  for (const url of ['http://example.com', 'https://example.com:8443/a?b=c@d#e', 'https://münchen.example/ü']) {
    const outcome = await host.requestRaw('link:pin', { url, text: 'A' })
    t.equal(outcome.ok, !url.includes('ü'), url)
  }
})

t.test('a comment that is deleted, or whose author is erased, is unpinned', async t => {
  const { client: host, showId } = await goLive(server.url)
  const { client: writer, user } = await joinShow(server.url, showId, 'Leaver')
  t.teardown(() => [host, writer].forEach(client => client.disconnect()))
  const first = await sendComment(writer, 'c1', 'First')
  await host.request('comment:pin', { commentId: first.id })
  await writer.request('comment:delete', { commentId: first.id })
  t.match((await host.waitForEvent('pin:removed')).event, { by: null, reason: 'deleted' })
  t.equal(await host.requestError('comment:pin', { commentId: first.id }), 'NOT_FOUND', 'a deleted comment')

  const second = await sendComment(writer, 'c2', 'Second')
  await host.request('comment:pin', { commentId: second.id })
  const before = host.roomEvents.length
  await user.rest('DELETE', '/v1/users/me')
  await host.waitForEvent('pin:removed', () => host.roomEvents.length > before)
  t.equal((await host.request('show:resync', {})).snapshot.pin, undefined)
})

t.test('a pinned comment shows the new name of its author', async t => {
  const { client: host, showId } = await goLive(server.url)
  const { client: writer, user } = await joinShow(server.url, showId, 'Old name')
  t.teardown(() => [host, writer].forEach(client => client.disconnect()))
  const { id: commentId } = await sendComment(writer, 'c1', 'Hello')
  await host.request('comment:pin', { commentId })
  const { at } = await host.waitForEvent('comment:pinned')
  await user.rest('PATCH', '/v1/users/me', { displayName: 'New name' })
  await host.waitForEvent(
    'comment:pinned',
    event => event.type === 'comment:pinned' && event.displayName === 'New name'
  )
  t.match((await host.request('show:resync', {})).snapshot.pin, { displayName: 'New name', pinnedAt: at })
})
