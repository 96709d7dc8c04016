import t from 'tap'
import { joinShow, goLive, signIn, grantFloor } from '../users.ts'
import { waitForClose, startApp } from './real-app.ts'

const { socketApp, url } = await startApp(t, { LIMIT_SPEAK_REQUESTS_PER_MINUTE: '1000' })

t.test('a blocked speaker is removed at once and cannot join again', async t => {
  const { creator, client, showId } = await goLive(url)
  const { user, client: troll } = await joinShow(url, showId, 'Troll')
  await grantFloor(client, troll)
  await client.request('cohost:set', { userId: user.id, cohost: true })
  const removed = troll.nextMessage('session:removed')
  const closed = waitForClose(troll.socket)
  await creator.rest('PUT', `/v1/users/me/blocks/${user.id}`)
  t.same(await removed, { ban: false })
  await closed
  t.match((await client.waitForEvent('member:removed')).event, { userId: user.id, ban: false, by: creator.id })
  t.match(client.roomEvents.filter(({ event }) => event.type === 'floor:revoked').length, 1)
  const again = await user.connect()
  t.equal(await again.requestError('show:join', { showId }), 'BANNED')
  await creator.rest('DELETE', `/v1/users/me/blocks/${user.id}`)
  t.equal((await again.join(showId)).me.role, 'listener', 'after the unblock the person joins as a listener')
})

t.test('a block applies to all shows of the blocker and to no other shows', async t => {
  const { creator, showId } = await goLive(url)
  const { showId: otherShowId } = await goLive(url)
  const person = await signIn(url, 'Somebody')
  await creator.rest('PUT', `/v1/users/me/blocks/${person.id}`)
  const client = await person.connect()
  t.equal(await client.requestError('show:join', { showId }), 'BANNED')
  await client.join(otherShowId)
  client.disconnect()
  await creator.rest('POST', `/v1/shows/${showId}/end`)
  const again = await person.connect()
  t.equal(
    await again.requestError('show:join', { showId }),
    'SHOW_ENDED',
    'an ended show is reported as ended to a blocked person, too'
  )
  const { id: nextId } = await creator.rest<{ id: string }>('POST', '/v1/shows', { title: 'The next one' })
  t.equal(await again.requestError('show:join', { showId: nextId }), 'SHOW_NOT_LIVE')
  await creator.rest('POST', `/v1/shows/${nextId}/start`)
  t.equal(await again.requestError('show:join', { showId: nextId }), 'BANNED')
})

t.test('a block removes a disconnected speaker from the stage, and accepts a person outside the show', async t => {
  const { creator, client, showId } = await goLive(url)
  const { user, client: speaker } = await joinShow(url, showId, 'Speaker')
  await grantFloor(client, speaker)
  speaker.disconnect()
  await client.waitForEvent('stage:suspended')
  await creator.rest('PUT', `/v1/users/me/blocks/${user.id}`)
  await client.waitForEvent('member:removed')
  t.equal(
    (await client.request('show:resync', {})).snapshot.stage.some(({ userId }) => userId === user.id),
    false
  )
  const stranger = await signIn(url, 'Stranger')
  await creator.rest('PUT', `/v1/users/me/blocks/${stranger.id}`)
})

t.test('a person who is blocked while joining is not in the show afterwards', async t => {
  const { creator, client, showId } = await goLive(url)
  for (let n = 0; n < 20; n++) {
    const person = await signIn(url, `Person ${n}`)
    const theirs = await person.connect()
    const closed = waitForClose(theirs.socket)
    const [, joined] = await Promise.all([
      creator.rest('PUT', `/v1/users/me/blocks/${person.id}`),
      theirs.requestRaw('show:join', { showId })
    ])
    // A person who joined is removed, which closes the socket. A refused person keeps the socket.
    if (joined.ok) await closed
    else t.equal(joined.error.code, 'BANNED')
    theirs.disconnect()
  }
  t.equal((await client.request('show:resync', {})).snapshot.listenerCount, 0)
})

t.test('a block stored between the check and the join removes the person', async t => {
  const { creator, showId } = await goLive(url)
  const person = await signIn(url, 'Somebody')
  const theirs = await person.connect()
  const { has } = socketApp.blocks
  t.teardown(() => {
    socketApp.blocks.has = has
  })
  // The check finds no block. The block is stored before the person is in the room, so it removes nobody there.
  socketApp.blocks.has = async (blockerId, blockedId) => {
    socketApp.blocks.has = has
    const found = await has(blockerId, blockedId)
    await creator.rest('PUT', `/v1/users/me/blocks/${blockedId}`)
    return found
  }
  const removed = theirs.nextMessage('session:removed')
  await theirs.join(showId)
  t.same(await removed, { ban: false })
})
