import t from 'tap'
import { joinShow, goLive, signIn, grantFloor } from '../users.ts'
import { closed, startApp } from './real-app.ts'

const { app, url } = await startApp(t, { LIMIT_SPEAK_REQUESTS_PER_MINUTE: '1000' })

t.test('a blocked person is out at once, from the stage too, and does not come back', async t => {
  const { creator, client, showId } = await goLive(url)
  const { user, client: troll } = await joinShow(url, showId, 'Troll')
  await grantFloor(client, troll)
  await client.request('cohost:set', { userId: user.id, cohost: true })
  const removed = troll.nextMessage('session:removed')
  const gone = closed(troll.socket)
  await creator.rest('PUT', `/v1/users/me/blocks/${user.id}`)
  t.same(await removed, { ban: false })
  await gone
  t.match((await client.waitForEvent('member:removed')).event, { userId: user.id, ban: false, by: creator.id })
  t.match(client.roomEvents.filter(({ event }) => event.type === 'floor:revoked').length, 1)
  const again = await user.connect()
  t.equal(await again.requestError('show:join', { showId }), 'BANNED')
  await creator.rest('DELETE', `/v1/users/me/blocks/${user.id}`)
  t.equal((await again.join(showId)).me.role, 'listener', 'who is unblocked comes in as anybody')
})

t.test("it holds in every show of the blocker, and in nobody else's", async t => {
  const { creator, showId } = await goLive(url)
  const { showId: otherShowId } = await goLive(url)
  const person = await signIn(url, 'Somebody')
  await creator.rest('PUT', `/v1/users/me/blocks/${person.id}`)
  const seat = await person.connect()
  t.equal(await seat.requestError('show:join', { showId }), 'BANNED')
  await seat.join(otherShowId)
  seat.disconnect()
  await creator.rest('POST', `/v1/shows/${showId}/end`)
  const again = await person.connect()
  t.equal(await again.requestError('show:join', { showId }), 'SHOW_ENDED', 'an ended show has ended for everybody')
  const { id: nextId } = await creator.rest<{ id: string }>('POST', '/v1/shows', { title: 'The next one' })
  t.equal(await again.requestError('show:join', { showId: nextId }), 'SHOW_NOT_LIVE')
  await creator.rest('POST', `/v1/shows/${nextId}/start`)
  t.equal(await again.requestError('show:join', { showId: nextId }), 'BANNED')
})

t.test('blocking who lost the connection takes their seat, and one who is not there is no mistake', async t => {
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

t.test('whoever joins and is blocked at the same time is outside afterwards', async t => {
  const { creator, client, showId } = await goLive(url)
  for (let n = 0; n < 20; n++) {
    const person = await signIn(url, `Person ${n}`)
    const theirs = await person.connect()
    const gone = closed(theirs.socket)
    const [, joined] = await Promise.all([
      creator.rest('PUT', `/v1/users/me/blocks/${person.id}`),
      theirs.requestRaw('show:join', { showId })
    ])
    // Who was let in is put out again, which closes the socket; who was refused keeps it.
    if (joined.ok) await gone
    else t.equal(joined.error.code, 'BANNED')
    theirs.disconnect()
  }
  t.equal((await client.request('show:resync', {})).snapshot.listenerCount, 0)
})

t.test('a block that falls between the look and the way in puts out who came in', async t => {
  const { creator, showId } = await goLive(url)
  const person = await signIn(url, 'Somebody')
  const theirs = await person.connect()
  const { has } = app.blocks
  t.teardown(() => {
    app.blocks.has = has
  })
  // The first look finds nothing; the block comes before anybody is in the room, so that it finds nobody there.
  app.blocks.has = async (blockerId, blockedId) => {
    app.blocks.has = has
    const found = await has(blockerId, blockedId)
    await creator.rest('PUT', `/v1/users/me/blocks/${blockedId}`)
    return found
  }
  const removed = theirs.nextMessage('session:removed')
  await theirs.join(showId)
  t.same(await removed, { ban: false })
})
