import t, { type Test } from 'tap'
import { createSongMixer } from '../../client/song-mixer.ts'

/** An audio node without any processing. */
class FakeNode {
  readonly gain = {
    /** Scheduled gains, with their times in seconds. */
    scheduled: [] as { value: number; atS: number }[],
    setTargetAtTime() {},
    cancelScheduledValues() {
      this.scheduled = []
    },
    setValueAtTime(value: number, atS: number) {
      this.scheduled.push({ value, atS })
    },
    linearRampToValueAtTime(value: number, atS: number) {
      this.scheduled.push({ value, atS })
    }
  }
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
  currentTime = 0
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

/** Returns the gain that a parameter has at a time, between the scheduled ones. */
function gainAt(scheduled: readonly { value: number; atS: number }[], atS: number): number {
  const after = scheduled.findIndex(point => point.atS >= atS)
  const [from, to] = [scheduled[after - 1], scheduled[after]]
  if (!to) return scheduled.at(-1)!.value
  if (!from || to.atS === from.atS) return to.value
  return from.value + ((to.value - from.value) * (atS - from.atS)) / (to.atS - from.atS)
}

t.test('songs fade on the audio clock, also after the context stood still, and a step is no ramp', async t => {
  const gains: FakeNode['gain'][] = []
  class KeptNode extends FakeNode {
    constructor() {
      super()
      gains.push(this.gain)
    }
  }
  let nowMs = 1_800_000_000_000
  t.intercept(Date, 'now', { value: () => nowMs })
  const { mixer, context } = createMixer(t, { GainNode: KeptNode })
  mixer.add('song', track('a song'), 'song')
  const fade = { at: nowMs + 1000, durationMs: 2000, from: 1, to: 0 }
  const step = { at: nowMs + 8000, durationMs: 0, from: 1, to: 0.5 }
  mixer.setFade([fade, step])
  const faded = gains.find(({ scheduled }) => scheduled.length > 0)!
  const heardAt = (ms: number) => gainAt(faded.scheduled, context.currentTime + (ms - nowMs) / 1000)
  const near = (ms: number, gain: number, name: string) =>
    t.ok(Math.abs(heardAt(ms) - gain) < 0.01, `${name}: ${heardAt(ms)}`)
  near(fade.at - 500, 1, 'before')
  near(fade.at + 1000, 0.25, 'in the middle')
  near(fade.at + 2500, 0, 'after it')

  // The clock of the context has not run for half a second.
  nowMs += 1500
  context.currentTime = 1
  context.setState('running')
  near(fade.at + 1000, 0.25, 'in the middle')

  mixer.setFade([{ ...fade, at: nowMs, durationMs: 300, from: 0.5, to: 1 }, step])
  t.ok(heardAt(nowMs) > 0.5 && heardAt(nowMs) < 0.6, 'a change begins at the gain of before')
  near(nowMs + 300, 1, 'it comes back')
  near(step.at - 100, 1, 'until the step')
  near(step.at + 1, 0.5, 'after the step')
})
