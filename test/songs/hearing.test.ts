import { request } from 'node:http'
import t from 'tap'
import { signIn, type TestUser } from '../users.ts'
import { startApp } from '../realtime/real-app.ts'
import { makeFile } from './files.ts'
import { settled, uploaded } from './uploads.ts'

const { app, url } = await startApp(t)
const owner = await signIn(url, 'Owner')
const stranger = await signIn(url, 'Stranger')
const sound = await makeFile('a.ogg', ['-c:a', 'libvorbis'], 'sine=duration=4')
const song = await settled(owner, (await uploaded(url, owner, sound)).id)
const path = `/v1/songs/${song.id}/audio`
const whole = Buffer.from(await (await ask(owner)).arrayBuffer())

async function ask(
  person: Pick<TestUser, 'token'> | null,
  headers: Record<string, string> = {},
  { method = 'GET', at = url + path } = {}
): Promise<Response> {
  return await fetch(at, {
    method,
    headers: { ...(person && { authorization: `Bearer ${person.token}` }), ...headers }
  })
}

t.test('all of it', async t => {
  const answer = await ask(owner)
  t.equal(answer.status, 200)
  t.match(Object.fromEntries(answer.headers), {
    'content-type': 'audio/ogg',
    'accept-ranges': 'bytes',
    'content-length': String(whole.length),
    'cache-control': /^private/
  })
  t.equal(whole.toString('latin1', 0, 4), 'OggS')
  t.equal(whole.length, song.sizeBytes)
})

t.test('parts of it', async t => {
  const size = whole.length
  const parts: [string, number, number][] = [
    ['bytes=0-0', 0, 0],
    ['bytes=10-19', 10, 19],
    ['bytes=100-', 100, size - 1],
    ['bytes=-5', size - 5, size - 1],
    [`bytes=7-${size + 9}`, 7, size - 1],
    [`bytes=-${size + 9}`, 0, size - 1],
    ['bytes= 1 - 2', 1, 2]
  ]
  for (const [range, first, last] of parts) {
    const answer = await ask(owner, { range })
    t.equal(answer.status, 206, range)
    t.equal(answer.headers.get('content-range'), `bytes ${first}-${last}/${size}`)
    t.equal(answer.headers.get('content-length'), String(last - first + 1))
    t.ok(Buffer.from(await answer.arrayBuffer()).equals(whole.subarray(first, last + 1)))
  }
})

t.test('parts that are not there, or that are not understood', async t => {
  for (const range of [`bytes=${whole.length}-`, 'bytes=-0', 'bytes=99999999999-', `bytes=${'9'.repeat(400)}-`]) {
    const answer = await ask(owner, { range })
    t.match(
      { status: answer.status, range: answer.headers.get('content-range'), body: await answer.json() },
      { status: 416, range: `bytes */${whole.length}`, body: { statusCode: 416, code: 'VALIDATION' } },
      range
    )
  }
  for (const range of ['bytes=5-2', 'bytes=0-1,5-6', 'seconds=0-1', 'bytes=-', 'bytes=a-b', 'x']) {
    const answer = await ask(owner, { range })
    t.equal(answer.status, 200, range)
    t.equal((await answer.arrayBuffer()).byteLength, whole.length)
  }
})

t.test('a part of what the client has already, else all of it', async t => {
  const etag = (await ask(owner)).headers.get('etag')!
  t.equal((await ask(owner, { range: 'bytes=0-1', 'if-range': etag })).status, 206)
  t.equal((await ask(owner, { range: 'bytes=0-1', 'if-range': '"another"' })).status, 200)
  t.equal((await ask(owner, { range: 'bytes=0-1', 'if-range': `W/${etag}` })).status, 200)
})

t.test('what the client has already is not sent again', async t => {
  const etag = (await ask(owner)).headers.get('etag')!
  for (const known of [etag, `W/${etag}`, `"another", ${etag}`, '*']) {
    for (const range of [{}, { range: 'bytes=0-1' }]) {
      const answer = await ask(owner, { 'if-none-match': known, ...range })
      t.match(
        { status: answer.status, etag: answer.headers.get('etag'), control: answer.headers.get('cache-control') },
        { status: 304, etag, control: /^private/ },
        known
      )
      t.equal((await answer.arrayBuffer()).byteLength, 0)
    }
  }
  t.equal((await ask(owner, { 'if-none-match': '"another"' })).status, 200)
  t.equal((await ask(stranger, { 'if-none-match': etag })).status, 404, 'nobody else learns of it')
})

t.test('HEAD tells of it without a byte', async t => {
  const all = await ask(owner, {}, { method: 'HEAD' })
  t.match(
    { status: all.status, length: all.headers.get('content-length') },
    { status: 200, length: String(whole.length) }
  )
  t.equal((await all.arrayBuffer()).byteLength, 0)
  const part = await ask(owner, { range: 'bytes=3-9' }, { method: 'HEAD' })
  t.match(
    { status: part.status, length: part.headers.get('content-length'), range: part.headers.get('content-range') },
    { status: 206, length: '7', range: `bytes 3-9/${whole.length}` }
  )
})

t.test('caches are told what it depends on', async t => {
  t.equal((await ask(owner)).headers.get('vary'), 'Origin, authorization')
})

t.test('who may hear it', async t => {
  t.equal((await ask(null)).status, 401)
  t.equal((await ask(stranger)).status, 404)
  t.equal((await ask(null, { range: 'bytes=1-1' }, { at: url + song.audioUrl })).status, 206, 'whoever has the ticket')
  t.equal((await ask(null, {}, { at: `${url}${song.audioUrl}x` })).status, 401)
  const other = await settled(owner, (await uploaded(url, owner, sound)).id)
  t.equal(
    (await ask(null, {}, { at: url + song.audioUrl!.replace(song.id, other.id) })).status,
    401,
    'a ticket is for one song'
  )
  t.equal(
    (
      await fetch(`${url}/v1/users/me`, {
        headers: { authorization: `Bearer ${new URL(url + song.audioUrl).searchParams.get('ticket')}` }
      })
    ).status,
    401,
    'and for nothing else'
  )
  t.equal((await ask(null, {}, { at: `${url}${path}?ticket=${owner.token.slice(0, 200)}` })).status, 401)
})

t.test('a listener who leaves in the middle leaves nothing open', async t => {
  const { hostname, port } = new URL(url)
  await new Promise<void>(resolve => {
    const asking = request({ hostname, port, path, headers: { authorization: `Bearer ${owner.token}` } }, answer =>
      answer.once('data', () => {
        answer.destroy()
        resolve()
      })
    )
    asking.end()
  })
  t.equal((await ask(owner, { range: 'bytes=0-3' })).status, 206)
})

t.test('the player reads it where it likes', async t => {
  const { sizeBytes, durationMs, read } = await app.songs.source(song.id)
  t.same({ sizeBytes, durationMs }, { sizeBytes: whole.length, durationMs: song.durationMs })
  t.ok(Buffer.from(await read(10, 20)).equals(whole.subarray(10, 20)))
  t.equal((await read(5, 5)).length, 0)
  await t.rejects(app.songs.source('nothing'), { code: 'NOT_FOUND' })
})
