import t from 'tap'
import type { Show } from '../../contract/shows.ts'
import { joinShow, goLive, signIn, type TestUser } from '../users.ts'
import { startApp } from '../realtime/real-app.ts'

const { app, url } = await startApp(t)

/** Sends a request and returns the status of the answer, with the code of an error. */
async function statusOf({ token }: TestUser, method: string, path: string, body?: object): Promise<string> {
  const response = await fetch(url + path, {
    method,
    headers: { authorization: `Bearer ${token}`, ...(body && { 'content-type': 'application/json' }) },
    ...(body && { body: JSON.stringify(body) })
  })
  const answer = JSON.parse((await response.text()) || '{}')
  return `${response.status} ${answer.code ?? ''}`.trim()
}

/** Creates an invitation and returns a function by which the guest accepts it. */
async function createInvitation(creator: TestUser, showId: string, guest: TestUser): Promise<() => Promise<string>> {
  const { url: link } = await creator.rest<{ url: string }>('POST', `/v1/shows/${showId}/invitations`, { maxUses: 5 })
  const token = new URLSearchParams(new URL(link).hash.slice(1)).get('invitation')
  return async () => await statusOf(guest, 'POST', `/v1/shows/${showId}/invitations/accept`, { token })
}

t.test('a co-host who has left and is then blocked loses the role', async t => {
  const { creator, client, showId } = await goLive(url)
  const { user: cohost, client: cohostClient } = await joinShow(url, showId, 'Cohost')
  await client.request('cohost:set', { userId: cohost.id, cohost: true })
  await cohostClient.request('show:leave', {})
  t.equal(await statusOf(cohost, 'GET', `/v1/shows/${showId}/members`), '200', 'the role is kept after leaving')
  t.equal(await statusOf(creator, 'PUT', `/v1/users/me/blocks/${cohost.id}`), '204')
  for (const [method, path, body] of [
    ['GET', 'members'],
    ['GET', 'bans'],
    ['PUT', 'playlist', { version: 0, items: [] }],
    ['DELETE', `bans/${cohost.id}`]
  ] as const) {
    t.equal(await statusOf(cohost, method, `/v1/shows/${showId}/${path}`, body), '403 FORBIDDEN', `${method} ${path}`)
  }
  t.same((await client.request('show:resync', {})).snapshot.cohostIds, [])
})

t.test('a blocked person no longer sees a private show, and the invitation does not work again', async t => {
  const [creator, guest] = [await signIn(url, 'Creator'), await signIn(url, 'Former friend')]
  const { id: showId } = await creator.rest<Show>('POST', '/v1/shows', {
    title: 'Among friends',
    visibility: 'private'
  })
  const { id: otherId } = await (await signIn(url, 'Another')).rest<Show>('POST', '/v1/shows', { title: 'Public' })
  const accept = await createInvitation(creator, showId, guest)
  t.equal(await accept(), '200')
  t.equal(await statusOf(creator, 'PUT', `/v1/users/me/blocks/${guest.id}`), '204')
  for (const path of ['', '/comments', '/playlist']) {
    t.equal(await statusOf(guest, 'GET', `/v1/shows/${showId}${path}`), '404 NOT_FOUND', path)
  }
  t.equal(await accept(), '403 BANNED')
  t.equal(await statusOf(guest, 'GET', `/v1/shows/${showId}`), '404 NOT_FOUND')
  t.equal(await statusOf(guest, 'GET', `/v1/shows/${otherId}`), '200', 'shows of other creators stay visible')

  t.equal(await statusOf(creator, 'DELETE', `/v1/users/me/blocks/${guest.id}`), '204')
  t.equal(
    await statusOf(guest, 'GET', `/v1/shows/${showId}`),
    '404 NOT_FOUND',
    'lifting the block does not restore access'
  )
  t.equal(await accept(), '200')
})

t.test('a block that comes while an invitation is being accepted wins', async t => {
  const [creator, guest] = [await signIn(url, 'Creator'), await signIn(url, 'Former friend')]
  const { id: showId } = await creator.rest<Show>('POST', '/v1/shows', {
    title: 'Among friends',
    visibility: 'private'
  })
  const accept = await createInvitation(creator, showId, guest)
  const { admissions } = app.showGuard
  const { add } = admissions
  t.teardown(() => {
    admissions.add = add
  })
  admissions.add = async (...admission) => {
    await app.blocks.block(creator.id, guest.id)
    await add(...admission)
  }
  t.equal(await accept(), '403 BANNED')
  t.equal(await statusOf(guest, 'GET', `/v1/shows/${showId}`), '404 NOT_FOUND')
})

t.test('a co-host dismissed while their tracks are looked up does not edit the playlist', async t => {
  const { client, showId } = await goLive(url)
  const { user: cohost } = await joinShow(url, showId, 'Cohost')
  await client.request('cohost:set', { userId: cohost.id, cohost: true })
  const { track } = app.spotify
  t.teardown(() => {
    app.spotify.track = track
  })
  app.spotify.track = async (_, trackId) => {
    await client.request('cohost:set', { userId: cohost.id, cohost: false })
    return {
      trackId,
      title: 'A track',
      artists: [],
      album: null,
      durationMs: 1000,
      artworkUrl: null,
      link: null,
      available: true
    }
  }
  t.equal(
    await statusOf(cohost, 'PUT', `/v1/shows/${showId}/playlist`, {
      version: 0,
      items: [{ kind: 'spotify', trackId: 'track1' }]
    }),
    '403 FORBIDDEN'
  )
  t.same(await cohost.rest('GET', `/v1/shows/${showId}/playlist`), { version: 0, items: [] })
})
