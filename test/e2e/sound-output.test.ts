import t from 'tap'
import type * as soundModule from '../../client/sound.ts'
import { openVisitor } from './browser.ts'
import { openSdkPage } from './sdk-page.ts'

const visitor = await openVisitor()
t.teardown(async () => await visitor.close())

interface Options {
  /** The volume of elements cannot be set, as on iOS. */
  fixedVolume?: boolean
  /** The mixer cannot be loaded. */
  withoutMixer?: boolean
  /** The volume of the person whose voice it is, set before the voice arrives or while it is played. */
  person?: { stored: number } | { set: number }
}

/** The state of an audio element. */
interface ElementState {
  muted: boolean
  volume: number
}
/** The elements of a voice and a song once they no longer change, and whether the mixer was loaded. */
interface OutputState {
  voice: ElementState
  song: ElementState | null
  mixer: boolean
}

/** Plays a voice, and optionally a song, at these volumes. */
async function play(
  kinds: ('voice' | 'song')[],
  volumes: { voice?: number; song?: number },
  { fixedVolume = false, withoutMixer = false, person }: Options = {}
): Promise<OutputState> {
  const page = await openSdkPage(visitor)
  let mixer = false
  await page.route('**/song-mixer.ts', async route => {
    mixer = true
    if (withoutMixer) await route.abort()
    else await route.fallback()
  })
  const [voice, song = null] = await page.evaluate(
    async ({ kinds, volumes, fixedVolume, person }) => {
      if (fixedVolume) Object.defineProperty(HTMLMediaElement.prototype, 'volume', { get: () => 1, set() {} })
      const made: HTMLAudioElement[] = []
      const Original = window.Audio
      window.Audio = class extends Original {
        constructor() {
          super()
          made.push(this)
        }
      }
      const path = '/client/sound.ts'
      const { elementOutput }: typeof soundModule = await import(path)
      const stored = person && 'stored' in person ? person.stored : undefined
      const output = elementOutput({ ...(stored !== undefined && { voiceVolumes: new Map([['mara', stored]]) }) })
      made.splice(0)
      const context = new AudioContext()
      for (const kind of kinds) {
        const [track] = new MediaStreamAudioDestinationNode(context).stream.getTracks()
        if (track) output.add(kind, track, kind, kind === 'voice' ? 'mara' : undefined)
      }
      if (person && 'set' in person) output.setVoiceVolume?.('mara', person.set)
      if (volumes.voice !== undefined) output.setVolume('voice', volumes.voice)
      if (volumes.song !== undefined) output.setVolume('song', volumes.song)
      const look = () =>
        made
          .map(({ muted, volume, srcObject }) => ({ muted, volume, hasSource: srcObject !== null }))
          .filter(({ hasSource }) => hasSource)
      for (let before = '', same = 0; same < 5;) {
        await new Promise(resolve => setTimeout(resolve, 100))
        const now = JSON.stringify(look())
        same = now === before ? same + 1 : 0
        before = now
      }
      return look().map(({ muted, volume }) => ({ muted, volume }))
    },
    { kinds, volumes, fixedVolume, person }
  )
  await page.close()
  return { voice: voice!, song, mixer }
}

t.test('voices alone are played by elements, without loading the mixer', async t => {
  t.same(await play(['voice'], { voice: 0.5 }), { voice: { muted: false, volume: 0.5 }, song: null, mixer: false })
  t.match(await play(['voice'], { voice: 0 }), { voice: { muted: true } })
})

t.test('a song is played by the mixer and voices by elements, each once', async t => {
  t.match(await play(['voice', 'song'], { song: 0.5 }), {
    voice: { muted: false, volume: 1 },
    song: { muted: true },
    mixer: true
  })
})

t.test('without the mixer a song is played by its element', async t => {
  t.same(await play(['voice', 'song'], { song: 0.5 }, { withoutMixer: true }), {
    voice: { muted: false, volume: 1 },
    song: { muted: false, volume: 0.5 },
    mixer: true
  })
})

t.test('where the volume of elements cannot be set, the mixer plays voices too', async t => {
  t.match(await play(['voice', 'song'], {}, { fixedVolume: true }), { voice: { muted: true }, song: { muted: true } })
  t.match(await play(['voice'], { voice: 0.5 }, { fixedVolume: true }), { voice: { muted: true }, mixer: true })
  t.match(await play(['voice'], {}, { fixedVolume: true }), { voice: { muted: false }, mixer: false })
})

t.test('the volume of one voice is beside that of all voices', async t => {
  for (const person of [{ stored: 0.5 }, { set: 0.5 }]) {
    t.match(await play(['voice', 'song'], { voice: 0.5 }, { person }), { voice: { muted: false, volume: 0.25 } })
  }
  t.match(await play(['voice'], {}, { person: { set: 0 } }), { voice: { muted: true } })
  t.match(
    await play(['voice'], {}, { person: { set: 0.5 }, fixedVolume: true }),
    { voice: { muted: true }, mixer: true },
    'the mixer plays it where elements have no volume'
  )
  t.match(
    await play(['voice'], {}, { person: { stored: 0.5 }, fixedVolume: true }),
    { voice: { muted: true }, mixer: true },
    'also at a volume from before'
  )
})

/** The states of an element that something pauses, and whether the output says that it waits for a tap. */
async function pauseFromOutside(times: number): Promise<{ isPaused: boolean; isLocked: boolean; afterTap: boolean }> {
  const page = await openSdkPage(visitor)
  const state = await page.evaluate(async times => {
    const made: HTMLAudioElement[] = []
    const Original = window.Audio
    window.Audio = class extends Original {
      constructor() {
        super()
        made.push(this)
      }
    }
    const path = '/client/sound.ts'
    const { elementOutput }: typeof soundModule = await import(path)
    const output = elementOutput()
    made.splice(0)
    const [track] = new MediaStreamAudioDestinationNode(new AudioContext()).stream.getTracks()
    if (track) output.add('voice', track, 'voice')
    const [element] = made
    if (!element) throw new Error('no element plays the voice')
    const isPlaying = async () => {
      while (element.paused) await new Promise(resolve => element.addEventListener('play', resolve, { once: true }))
    }
    await isPlaying()
    for (let time = 0; time < times; time++) {
      await isPlaying()
      const paused = new Promise(resolve => element.addEventListener('pause', resolve, { once: true }))
      element.pause()
      await paused
    }
    if (times === 1) await isPlaying()
    const { paused: isPaused } = element
    const { isLocked } = output
    await output.unlock()
    return { isPaused, isLocked, afterTap: !element.paused && !output.isLocked }
  }, times)
  await page.close()
  return state
}

t.test('an element that something else has paused goes on, or waits for a tap when it is paused again', async t => {
  t.same(await pauseFromOutside(1), { isPaused: false, isLocked: false, afterTap: true })
  t.same(await pauseFromOutside(2), { isPaused: true, isLocked: true, afterTap: true })
})

t.test('paused sound is silent until it is unlocked, also of voices that come meanwhile', async t => {
  const page = await openSdkPage(visitor)
  const states = await page.evaluate(async () => {
    const path = '/client/sound.ts'
    const { elementOutput }: typeof soundModule = await import(path)
    const made: HTMLAudioElement[] = []
    const Original = window.Audio
    const output = elementOutput()
    window.Audio = class extends Original {
      constructor() {
        super()
        made.push(this)
      }
    }
    const context = new AudioContext()
    const add = (id: string) => {
      const [track] = new MediaStreamAudioDestinationNode(context).stream.getTracks()
      if (track) output.add(id, track, 'voice')
    }
    let changes = 0
    output.subscribe(() => changes++)
    add('first')
    output.pause?.()
    add('second')
    await new Promise(resolve => setTimeout(resolve, 300))
    const paused = made.map(({ paused, muted }) => paused && muted)
    const whilePaused = output.isPaused
    await output.unlock()
    return {
      paused,
      whilePaused,
      changes,
      playing: made.map(({ paused, muted }) => !paused && !muted),
      locked: output.isLocked
    }
  })
  await page.close()
  t.same(states, { paused: [true, true], whilePaused: true, changes: 2, playing: [true, true], locked: false })
})
