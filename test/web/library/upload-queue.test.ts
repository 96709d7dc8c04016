import t from 'tap'
import { CodedError, type Song, type SongUpdate, type UploadOptions } from '../../../client/index.ts'
import { bytesText } from '../../../web/src/library/bytes-text.ts'
import { faultOfFile } from '../../../web/src/library/upload-faults.ts'
import { UploadQueue } from '../../../web/src/library/upload-queue.ts'

interface Sending {
  file: File
  options: UploadOptions
  answer: (id: string) => void
  refuse: (error: Error) => void
}

/** A queue whose server is in the hand of a test. */
function begin(room: Parameters<typeof faultOfFile>[1] = null) {
  const sendings: Sending[] = []
  const removed: string[] = []
  const timers: (() => void)[] = []
  const states = new Map<string, Pick<Song, 'status' | 'reason'>>()
  let heard: { status: (news: SongUpdate) => void; missed: () => void } | null = null
  const queue = new UploadQueue({
    songs: {
      upload: async (file, options) =>
        await new Promise((resolve, reject) => {
          options.signal?.addEventListener('abort', () => reject(new Error('aborted')))
          sendings.push({
            file,
            options,
            answer: id => resolve({ id, status: 'processing', reason: null } as Song),
            refuse: reject
          })
        }),
      async get(songId) {
        const state = states.get(songId)
        if (!state) throw new CodedError('NOT_FOUND', 'There is no such song.')
        return state
      },
      async delete(songId) {
        removed.push(songId)
      },
      onStatus(status, missed) {
        heard = { status, missed }
        return () => {
          heard = null
        }
      }
    },
    check: file => faultOfFile(file, room),
    after: (_waitMs, task) => {
      timers.push(task)
    }
  })
  const file = (name: string, size = 10) => new File([new Uint8Array(size)], name)
  const shown = () => queue.view.uploads.map(({ name, state }) => `${name} ${state}`)
  return {
    queue,
    sendings,
    removed,
    timers,
    states,
    file,
    shown,
    get heard() {
      return heard
    }
  }
}

/** Lets what was answered be taken. */
const settle = async () => await new Promise(resolve => setImmediate(resolve))

t.test('two are sent at a time, each is followed until it is a song', async t => {
  const it = begin()
  it.queue.add(['a.mp3', 'b.mp3', 'c.mp3'].map(name => it.file(name)))
  t.same(it.shown(), ['a.mp3 sending', 'b.mp3 sending', 'c.mp3 waiting'])
  t.equal(it.queue.view.said, 'Uploading 3 files')
  it.sendings[0]!.options.onProgress?.(5, 10)
  t.equal(it.queue.view.uploads[0]?.progress, 0.5)
  it.sendings[0]!.answer('A')
  await settle()
  t.same(it.shown(), ['a.mp3 processing', 'b.mp3 sending', 'c.mp3 sending'])
  it.heard!.status({ songId: 'A', status: 'processing', progress: 0.25 })
  t.equal(it.queue.view.uploads[0]?.progress, 0.25)
  it.heard!.status({ songId: 'A', status: 'ready' })
  t.same(it.shown(), ['b.mp3 sending', 'c.mp3 sending'])
  t.equal(it.queue.view.said, 'a.mp3 is ready')
})

t.test('what is told before the upload is answered counts', async t => {
  const it = begin()
  it.queue.add([it.file('a.mp3')])
  it.heard!.status({ songId: 'A', status: 'ready' })
  it.sendings[0]!.answer('A')
  await settle()
  t.same(it.shown(), [])
  t.equal(it.heard, null, 'nothing is left to listen for')
})

t.test('what was told while the connection was lost is asked for', async t => {
  const it = begin()
  it.queue.add([it.file('a.mp3'), it.file('b.mp3')])
  it.sendings[0]!.answer('A')
  it.sendings[1]!.answer('B')
  await settle()
  it.states.set('A', { status: 'failed', reason: 'notAudio' })
  it.heard!.missed()
  await settle()
  t.same(it.shown(), ['a.mp3 failed'], 'b was deleted elsewhere')
  t.match(it.queue.view.said, /a\.mp3 failed: There is no sound/)
})

t.test('what fails says why and can be tried again, without what became of it before', async t => {
  const it = begin()
  it.queue.add([it.file('a.mp3')])
  it.sendings[0]!.refuse(new CodedError('UNAVAILABLE', 'The file did not get through.'))
  await settle()
  t.match(it.queue.view.uploads, [
    { state: 'failed', fault: { words: 'The file did not get through.', isWorthRetrying: true } }
  ])
  it.queue.retry(it.queue.view.uploads[0]!.id)
  t.same(it.shown(), ['a.mp3 sending'])
  it.sendings[1]!.answer('A')
  await settle()
  it.heard!.status({ songId: 'A', status: 'failed', reason: 'interrupted' })
  it.queue.retry(it.queue.view.uploads[0]!.id)
  t.same(it.removed, ['A'])
  t.same(it.shown(), ['a.mp3 sending'])
})

t.test('what is plainly wrong is not sent', async t => {
  const it = begin({ leftBytes: 50, largestBytes: 100 })
  it.queue.add([
    it.file('a.txt'),
    it.file('b.mp3', 0),
    it.file('c.mp3', 101),
    it.file('d.mp3', 60),
    it.file('e.mp3', 20)
  ])
  t.equal(it.sendings.length, 1)
  t.same(
    it.queue.view.uploads.map(({ fault }) => fault?.words),
    [
      'This is not a sound file we can read. Choose MP3, M4A, AAC, FLAC, Ogg, WAV, AIFF or Matroska.',
      'The file is empty.',
      'The file has 101 B; one may have 100 B.',
      'There is no room for it: 50 B are left. Delete a song first.',
      undefined
    ]
  )
  t.equal(it.queue.view.said, 'Uploading e.mp3. 4 files can’t be uploaded')
})

t.test('a server that has enough is left alone for a while', async t => {
  const it = begin()
  it.queue.add([it.file('a.mp3'), it.file('b.mp3')])
  it.sendings[0]!.refuse(new CodedError('RATE_LIMITED', 'Too many.', { retryAfterMs: 1000 }))
  await settle()
  t.same(it.shown(), ['a.mp3 waiting', 'b.mp3 sending'])
  it.timers[0]!()
  t.same(it.shown(), ['a.mp3 sending', 'b.mp3 sending'])
})

t.test('what is let go is gone, on the server too', async t => {
  const it = begin()
  it.queue.add(['a.mp3', 'b.mp3', 'c.mp3'].map(name => it.file(name)))
  const [a, b] = it.queue.view.uploads
  it.sendings[0]!.answer('A')
  await settle()
  it.queue.dismiss(a!.id)
  t.same(it.removed, ['A'])
  it.queue.dismiss(b!.id)
  await settle()
  t.same(it.shown(), ['c.mp3 sending'])
  it.queue.clear()
  await settle()
  t.same(it.shown(), [])
  t.same(it.removed, ['A'], 'somebody else is signed in: what was theirs stays')
})

t.test('sizes in words', async t => {
  t.same([0, 1023, 1024, 1_572_864, 104_857_600, 5_368_709_120].map(bytesText), [
    '0 B',
    '1023 B',
    '1 KB',
    '1.5 MB',
    '100 MB',
    '5 GB'
  ])
})
