import t, { type Test } from 'tap'
import { createSongMixer } from '../../client/song-mixer.ts'

/** A node of a graph that nothing flows through. */
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

/** A context whose state changes when the test says so: each change asked for is an entry of `asked`. */
class FakeContext extends EventTarget {
  static made: FakeContext[] = []
  state = 'suspended'
  readonly currentTime = 0
  readonly destination = new FakeNode()
  readonly asked: string[] = []

  constructor() {
    super()
    FakeContext.made.push(this)
  }

  createMediaStreamSource({ tracks: [track] }: FakeStream): FakeNode {
    if (track === 'none of sound') throw new Error('InvalidStateError')
    return new FakeNode()
  }

  async resume(): Promise<void> {
    this.asked.push('resume')
  }
  async suspend(): Promise<void> {
    this.asked.push('suspend')
  }
  async close(): Promise<void> {
    this.asked.push('close')
  }

  become(state: string): void {
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

/** A mixer in a page of fakes, its context, and how often it told of a change. */
function mix(t: Test, other: object = {}) {
  t.intercept(FakeContext, 'made', { value: [] })
  for (const [name, value] of Object.entries({ ...fakes, ...other })) {
    t.intercept(globalThis, name as keyof typeof globalThis, { value })
  }
  const mixer = createSongMixer({ voicesToo: false, changed() {} })
  return { mixer, context: FakeContext.made[0]! }
}

const track = (label: string) => label as never

t.test(
  'it computes while there is something to play, also when the one comes while the other is under way',
  async t => {
    const { mixer, context } = mix(t)
    context.become('running')
    t.same(context.asked.splice(0), ['suspend'], 'nothing is there')
    context.become('suspended')
    mixer.add('song', track('a song'), 'song')
    t.same(context.asked.splice(0), ['resume'])
    t.equal(mixer.plays('song', 'song'), false)
    context.become('running')
    t.equal(mixer.plays('song', 'song'), true)
    mixer.remove('song')
    mixer.add('next', track('another'), 'song')
    t.same(context.asked.splice(0), ['suspend'])
    context.become('suspended')
    t.same(context.asked.splice(0), ['resume'])
  }
)

t.test('it plays what it could take, and nothing else', async t => {
  const { mixer, context } = mix(t)
  mixer.add('none', track('none of sound'), 'song')
  mixer.add('song', track('a song'), 'song')
  context.become('running')
  t.equal(mixer.plays('none', 'song'), false)
  t.equal(mixer.plays('song', 'song'), true)
  mixer.remove('song')
  t.equal(mixer.plays('song', 'song'), false)
})

t.test("where it can't be built it leaves nothing open", async t => {
  t.throws(() => mix(t, { DelayNode: BrokenNode }), { message: 'no such node' })
  t.same(
    FakeContext.made.map(({ asked }) => asked),
    [['close']]
  )
})
