import t, { type Test } from 'tap'
import { elementOutput } from '../../client/index.ts'

/** An audio element that plays when the test lets it. */
class FakeAudio extends EventTarget {
  static instances: FakeAudio[] = []
  static isAllowed = true
  /** Settles each start later, as browsers may. */
  static starting: Promise<void> = Promise.resolve()
  volume = 1
  muted = false
  paused = true
  ended = false
  srcObject: unknown = null

  constructor() {
    super()
    FakeAudio.instances.push(this)
  }

  async play(): Promise<void> {
    this.paused = false
    await FakeAudio.starting
    if (FakeAudio.isAllowed) return
    this.paused = true
    throw new DOMException('Tap first', 'NotAllowedError')
  }

  pause(): void {
    this.paused = true
    this.dispatchEvent(new Event('pause'))
  }
}

/** A page that counts who listens for it to be shown or hidden. */
class FakePage extends EventTarget {
  readonly visibilityState = 'visible'
  readonly watchers = new Set<unknown>()

  override addEventListener(type: string, listener: EventListener): void {
    this.watchers.add(listener)
    super.addEventListener(type, listener)
  }
  override removeEventListener(type: string, listener: EventListener): void {
    this.watchers.delete(listener)
    super.removeEventListener(type, listener)
  }
}

class FakeStream {}

/** Creates an output on a page of fakes. */
function createOutput(t: Test, { isAllowed = true } = {}) {
  const page = new FakePage()
  const fakes = { Audio: FakeAudio, MediaStream: FakeStream, document: page }
  for (const [name, value] of Object.entries(fakes)) {
    t.intercept(globalThis, name as keyof typeof globalThis, { value })
  }
  t.intercept(FakeAudio, 'isAllowed', { value: isAllowed, writable: true })
  t.intercept(FakeAudio, 'starting', { value: Promise.resolve(), writable: true })
  const output = elementOutput()
  t.intercept(FakeAudio, 'instances', { value: [] })
  return { output, page }
}

const voice = {} as MediaStreamTrack
const settle = async () => await new Promise(resolve => setImmediate(resolve))

t.test('sound is locked only while one that waits for a tap is to be played', async t => {
  const { output } = createOutput(t, { isAllowed: false })
  let changes = 0
  output.subscribe(() => changes++)
  output.add('first', voice, 'voice')
  output.add('second', voice, 'voice')
  await settle()
  t.equal(output.isLocked, true)
  output.remove('first')
  t.equal(output.isLocked, true)
  output.remove('second')
  t.equal(output.isLocked, false, 'a button that starts nothing is not shown')
  t.equal(changes, 2)
  FakeAudio.isAllowed = true
  output.add('next', voice, 'voice')
  await settle()
  t.equal(output.isLocked, false)
})

t.test('a sound that was removed before the browser refused it locks nothing', async t => {
  const { output } = createOutput(t, { isAllowed: false })
  const { promise, resolve } = Promise.withResolvers<void>()
  FakeAudio.starting = promise
  output.add('voice', voice, 'voice')
  output.remove('voice')
  resolve()
  await settle()
  t.equal(output.isLocked, false)
})

t.test('the output listens to the page only while it has sounds, and then plays what was blocked', async t => {
  const { output, page } = createOutput(t, { isAllowed: false })
  t.equal(page.watchers.size, 0)
  output.add('first', voice, 'voice')
  output.add('second', voice, 'voice')
  t.equal(page.watchers.size, 1)
  await settle()
  FakeAudio.isAllowed = true
  page.dispatchEvent(new Event('visibilitychange'))
  await settle()
  t.equal(output.isLocked, false)
  t.same(
    FakeAudio.instances.map(({ paused }) => paused),
    [false, false]
  )
  output.remove('first')
  t.equal(page.watchers.size, 1)
  output.remove('second')
  t.equal(page.watchers.size, 0)
})

t.test('the level that hosts set for songs lowers songs only, beside the volume of the listener', async t => {
  const { output } = createOutput(t)
  output.add('voice', voice, 'voice')
  output.add('song', voice, 'song')
  output.setVolume('song', 0.5)
  output.setSongLevel!(0.1)
  await settle()
  t.same(
    FakeAudio.instances.map(({ volume }) => volume),
    [1, 0.05]
  )
  output.setSongLevel!(1)
  t.same(
    FakeAudio.instances.map(({ volume }) => volume),
    [1, 0.5]
  )
})

t.test('an element that plays a song fades in steps, and a jingle and voices do not', async t => {
  const { output } = createOutput(t)
  output.add('voice', voice, 'voice')
  output.add('song', voice, 'song')
  output.add('jingle', voice, 'song', undefined, true)
  const startedAt = Date.now()
  output.setSongFade!([{ at: startedAt, durationMs: 400, from: 1, to: 0 }])
  const heard: number[] = []
  const song = FakeAudio.instances[1]!
  while (song.volume > 0) {
    if (heard.at(-1) !== song.volume) heard.push(song.volume)
    await new Promise(resolve => setTimeout(resolve, 5))
  }
  t.ok(heard.length > 2, heard.join(', '))
  t.same(
    heard.toSorted((one, other) => other - one),
    heard,
    'it only gets quieter'
  )
  t.ok(Date.now() - startedAt >= 400)
  t.same(
    FakeAudio.instances.map(({ volume, muted }) => [volume, muted]),
    [
      [1, false],
      [0, true],
      [1, false]
    ]
  )
  output.setSongFade!([])
  t.equal(song.volume, 1)
})
