import t, { type Test } from 'tap'
import type { SongUpdate } from '../../contract/songs.ts'
import type { UploadJob } from '../../client/index.ts'
import { enter, settled, until, visit } from './visitor.ts'

const file = new File(['sound'], 'a song.mp3', { type: 'audio/mpeg' })
const song = { id: 's1', title: 'a song', status: 'processing', audioUrl: null }

t.test('uploading sends the file with its name, tells how far it is, and gives the song', async t => {
  const jobs: UploadJob[] = []
  const { ambient, server } = await visit(t, {
    async uploader(job) {
      jobs.push(job)
      job.onProgress(3, 5)
      return { status: 201, body: song }
    }
  })
  const sent: [number, number][] = []
  t.same(
    await ambient.songs.upload(file, {
      onProgress: (...now) => {
        sent.push(now)
      }
    }),
    song
  )
  t.same(sent, [[3, 5]])
  t.match(jobs, [{ method: 'POST', url: `${server.url}/v1/songs`, headers: { authorization: 'Bearer access-1' } }])
  const named = jobs[0]!.form.get('file') as File
  t.equal(named.name, 'a song.mp3')
  t.equal(await named.text(), 'sound')
  await ambient.songs.upload(new Blob(['x']), { name: 'take 2.wav' })
  t.equal((jobs[1]!.form.get('file') as File).name, 'take 2.wav')
})

t.test('a token that is over is renewed and the file sent again; what is refused otherwise is said', async t => {
  const answers: [number, object][] = [
    [401, { code: 'TOKEN_EXPIRED', message: 'over' }],
    [201, song],
    [413, { code: 'PAYLOAD_TOO_LARGE', message: 'too large' }],
    [502, {}]
  ]
  const tokens: unknown[] = []
  const { ambient } = await visit(t, {
    async uploader({ headers }) {
      tokens.push(headers.authorization)
      const [status, body] = answers.shift()!
      return { status, body }
    }
  })
  t.same(await ambient.songs.upload(file), song)
  t.same(tokens, ['Bearer access-1', 'Bearer access-2'])
  await t.rejects(ambient.songs.upload(file), { code: 'PAYLOAD_TOO_LARGE', message: 'too large' })
  await t.rejects(ambient.songs.upload(file), { code: 'UNAVAILABLE' })
})

/** An uploader that gets nowhere until it is stopped. */
function stuckUploader() {
  const { promise: begun, resolve } = Promise.withResolvers<UploadJob>()
  return {
    begun,
    uploader: async (job: UploadJob): Promise<never> =>
      await new Promise((_resolve, reject) => {
        job.signal.addEventListener('abort', () => reject(new Error('stopped')))
        resolve(job)
      })
  }
}

t.test('an upload is aborted with the reason it was given', async t => {
  const { begun, uploader } = stuckUploader()
  const { ambient } = await visit(t, { uploader })
  const abort = new AbortController()
  const uploading = ambient.songs.upload(file, { signal: abort.signal })
  await begun
  abort.abort(new Error('changed my mind'))
  await t.rejects(uploading, { message: 'changed my mind' })
  await t.rejects(
    ambient.songs.upload(file, { signal: abort.signal }),
    { message: 'changed my mind' },
    'before it began'
  )
})

/** A stuck upload: what tells its progress, and whether it was given up after so much more time. */
async function stuckUpload(t: Test) {
  const { begun, uploader } = stuckUploader()
  const { ambient, clock } = await visit(t, { uploader })
  const uploading = ambient.songs.upload(file)
  let over = false
  uploading.catch(() => {
    over = true
  })
  const { onProgress: progress } = await begun
  return {
    uploading,
    progress,
    async isOverAfter(ms: number): Promise<boolean> {
      clock.pass(ms)
      await new Promise(setImmediate)
      return over
    }
  }
}

t.test('an upload that gets nowhere is given up; one that gets on takes as long as it takes', async t => {
  const { uploading, progress, isOverAfter } = await stuckUpload(t)
  progress(1, 3)
  t.equal(await isOverAfter(59_000), false)
  progress(2, 3)
  t.equal(await isOverAfter(59_000), false)
  t.equal(await isOverAfter(1000), true)
  await t.rejects(uploading, { code: 'UNAVAILABLE' })
})

t.test('who tells no progress, and an answer to all that is sent, is waited for longer', async t => {
  const silent = await stuckUpload(t)
  t.equal(await silent.isOverAfter(299_000), false)
  t.equal(await silent.isOverAfter(1000), true)
  await t.rejects(silent.uploading, { code: 'UNAVAILABLE' })

  const sent = await stuckUpload(t)
  sent.progress(1, 2)
  sent.progress(2, 2)
  t.equal(await sent.isOverAfter(299_000), false)
  t.equal(await sent.isOverAfter(1000), true)
  await t.rejects(sent.uploading, { code: 'UNAVAILABLE' })
})

t.test('without XMLHttpRequest files go by fetch', async t => {
  const asked: [unknown, RequestInit | undefined][] = []
  const { ambient, server } = await visit(t, {
    async fetch(input, init) {
      if (!String(input).endsWith('/songs')) return await fetch(input, init)
      asked.push([input, init])
      return Response.json(song, { status: 201 })
    }
  })
  t.same(await ambient.songs.upload(file), song)
  t.match(asked, [[`${server.url}/v1/songs`, { method: 'POST', headers: { authorization: 'Bearer access-1' } }]])
  t.ok(asked[0]![1]!.body instanceof FormData)
})

t.test('songs are asked for as the contract says, and their addresses are whole', async t => {
  const asked: string[] = []
  const { ambient, server } = await visit(t, {
    async fetch(input, init) {
      const { pathname, search } = new URL(String(input))
      if (!pathname.startsWith('/v1/songs')) return await fetch(input, init)
      asked.push(`${init?.method} ${pathname}${search}`)
      if (init?.method === 'DELETE') return new Response(null, { status: 204 })
      if (pathname.endsWith('/songs')) return Response.json({ items: [song], nextCursor: null })
      return Response.json({ ...song, audioUrl: pathname.endsWith('ready') ? '/v1/songs/ready/audio?ticket=x' : null })
    }
  })
  t.same((await ambient.songs.list({ q: 'so', limit: 5 })).items, [song])
  t.match(await ambient.songs.get('s1'), { id: 's1' })
  t.equal(await ambient.songs.audioUrl('ready'), `${server.url}/v1/songs/ready/audio?ticket=x`)
  t.equal(await ambient.songs.audioUrl('s1'), null)
  t.equal(await ambient.songs.delete('s1'), null)
  t.same(asked, [
    'GET /v1/songs?q=so&limit=5',
    'GET /v1/songs/s1',
    'GET /v1/songs/ready',
    'GET /v1/songs/s1',
    'DELETE /v1/songs/s1'
  ])
})

/** Everything somebody is told, and when the next thing comes. */
function record(listen: (status: (news: SongUpdate) => void, missed: () => void) => () => void) {
  const heard: (SongUpdate | 'missed')[] = []
  let wake = () => {}
  const take = (news: SongUpdate | 'missed') => {
    heard.push(news)
    wake()
  }
  const stop = listen(take, () => take('missed'))
  return {
    heard,
    stop,
    async untilHeard(count: number): Promise<void> {
      while (heard.length < count) {
        await new Promise<void>(resolve => {
          wake = resolve
        })
      }
    }
  }
}

const news = (progress: number): SongUpdate => ({ songId: 's1', status: 'processing', progress })

t.test('news of songs comes to who is in no show, also over a lost connection', async t => {
  const { ambient, server, clock } = await visit(t)
  const { heard, stop, untilHeard } = record(ambient.songs.onStatus)
  await untilHeard(1)
  t.same(heard, ['missed'], 'what was told before is not known')
  server.tell('song:status', news(0.5))
  await untilHeard(2)
  const again = clock.untilWaiting(250)
  server.drop()
  await again
  clock.pass(250)
  await untilHeard(3)
  server.tell('song:status', news(0.7))
  await untilHeard(4)
  t.same(heard, ['missed', news(0.5), 'missed', news(0.7)])
  t.equal(server.sockets, 1)
  stop()
  await server.untilSockets(0)
})

t.test("a show's connection brings news too, and no other is held beside it", async t => {
  const visitor = await visit(t)
  const { ambient, server } = visitor
  const { heard, stop, untilHeard } = record(ambient.songs.onStatus)
  await untilHeard(1)
  const room = await enter(t, visitor)
  await server.untilSockets(1)
  await untilHeard(2)
  server.tell('song:status', news(0.1))
  await settled(server, room)
  t.same(heard, ['missed', 'missed', news(0.1)])
  await room.leave()
  await untilHeard(4)
  server.tell('song:status', news(0.2))
  await untilHeard(5)
  t.same(heard.slice(3), ['missed', news(0.2)])
  t.equal(server.sockets, 1)
  stop()
})

t.test('news ends with the sign-in, and comes again with the next', async t => {
  const { ambient, server } = await visit(t)
  const { stop, untilHeard } = record(ambient.songs.onStatus)
  await untilHeard(1)
  await ambient.account.signOut()
  await server.untilSockets(0)
  await ambient.account.signIn('Me')
  await untilHeard(2)
  t.equal(server.sockets, 1)
  stop()
})

t.test('volumes, and how songs make way, are told to what plays', async t => {
  const visitor = await visit(t)
  const room = await enter(t, visitor)
  t.same(room.view.volumes, { voice: 1, song: 1 })
  t.same(visitor.sound.ducking, { on: true, levelDb: -12 })
  room.setVolume('song', 0.3)
  t.same((await until(room, ({ volumes }) => volumes.song < 1)).volumes, { voice: 1, song: 0.3 })
  visitor.server.happen({
    type: 'settings:changed',
    settings: { ...room.view.room!.settings, ducking: { on: false, levelDb: -20 } }
  })
  await settled(visitor.server, room)
  t.same(visitor.sound.ducking, { on: false, levelDb: -20 })
})
