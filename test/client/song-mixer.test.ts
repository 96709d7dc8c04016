import t, { type Test } from 'tap'
import { createSongMixer } from '../../client/song-mixer.ts'

/** An audio node without any processing. */
class FakeNode {
  readonly gain = { setTargetAtTime() {} }
  connect<Target>(target: Target): Target {
    return target
  }
  disconnect(): void {}
}

class BrokenNode {
  constructor() {
    throw new Error('no such node')
  }
}

/** An audio context whose state the test changes. `requests` lists the requested changes. */
class FakeContext extends EventTarget {
  static instances: FakeContext[] = []
  state = 'suspended'
  readonly currentTime = 0
  readonly destination = new FakeNode()
  readonly requests: string[] = []

  constructor() {
    super()
    FakeContext.instances.push(this)
  }

  createMediaStreamSource({ tracks: [track] }: FakeStream): FakeNode {
    if (track === 'none of sound') throw new Error('InvalidStateError')
    return new FakeNode()
  }

  async resume(): Promise<void> {
    this.requests.push('resume')
  }
  async suspend(): Promise<void> {
    this.requests.push('suspend')
  }
  async close(): Promise<void> {
    this.requests.push('close')
  }

  setState(state: string): void {
    this.state = state
    this.dispatchEvent(new Event('statechange'))
  }
}

class FakeStream {
  readonly tracks: unknown[]
  constructor(tracks: unknown[]) {
    this.tracks = tracks
  }
}

const fakes = {
  AudioContext: FakeContext,
  MediaStream: FakeStream,
  GainNode: FakeNode,
  WaveShaperNode: FakeNode,
  BiquadFilterNode: FakeNode,
  DelayNode: FakeNode,
  document: new EventTarget()
}

/** Creates a mixer on a page of fakes, and returns it with its context. */
function createMixer(t: Test, other: object = {}) {
  t.intercept(FakeContext, 'instances', { value: [] })
  for (const [name, value] of Object.entries({ ...fakes, ...other })) {
    t.intercept(globalThis, name as keyof typeof globalThis, { value })
  }
  const mixer = createSongMixer({ playsVoices: false, onChange() {} })
  return { mixer, context: FakeContext.instances[0]! }
}

const track = (label: string) => label as never

t.test(
  'the context runs only while there is something to play, also when a sound is added during a state change',
  async t => {
    const { mixer, context } = createMixer(t)
    context.setState('running')
    t.same(context.requests.splice(0), ['suspend'], 'there is nothing to play')
    context.setState('suspended')
    mixer.add('song', track('a song'), 'song')
    t.same(context.requests.splice(0), ['resume'])
    t.equal(mixer.isPlaying('song', 'song'), false)
    context.setState('running')
    t.equal(mixer.isPlaying('song', 'song'), true)
    mixer.remove('song')
    mixer.add('next', track('another'), 'song')
    t.same(context.requests.splice(0), ['suspend'])
    context.setState('suspended')
    t.same(context.requests.splice(0), ['resume'])
  }
)

t.test('the mixer plays the tracks that the context accepts, and no others', async t => {
  const { mixer, context } = createMixer(t)
  mixer.add('none', track('none of sound'), 'song')
  mixer.add('song', track('a song'), 'song')
  context.setState('running')
  t.equal(mixer.isPlaying('none', 'song'), false)
  t.equal(mixer.isPlaying('song', 'song'), true)
  mixer.remove('song')
  t.equal(mixer.isPlaying('song', 'song'), false)
})

t.test('a mixer that cannot be built leaves no open context', async t => {
  t.throws(() => createMixer(t, { DelayNode: BrokenNode }), { message: 'no such node' })
  t.same(
    FakeContext.instances.map(({ requests }) => requests),
    [['close']]
  )
})
