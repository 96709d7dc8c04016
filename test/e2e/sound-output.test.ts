import t from 'tap'
import type * as soundModule from '../../client/sound.ts'
import { openVisitor } from './browser.ts'
import { openSdkPage } from './sdk-page.ts'

const visitor = await openVisitor()
t.teardown(async () => await visitor.close())

interface Options {
  /** Elements are as loud as the device, whatever they are told: as on iOS. */
  fixedVolume?: boolean
  /** The mixer can't be loaded. */
  withoutMixer?: boolean
}

/** How an element plays. */
interface Played {
  muted: boolean
  volume: number
}
/** Of a voice and of a song, once nothing changes any more; and whether a mixer was loaded. */
interface Heard {
  voice: Played
  song: Played | null
  mixer: boolean
}

/** What plays a voice, and a song when there is one, at these volumes. */
async function play(
  kinds: ('voice' | 'song')[],
  volumes: { voice?: number; song?: number },
  { fixedVolume = false, withoutMixer = false }: Options = {}
): Promise<Heard> {
  const page = await openSdkPage(visitor)
  let mixer = false
  await page.route('**/song-mixer.ts', async route => {
    mixer = true
    if (withoutMixer) await route.abort()
    else await route.fallback()
  })
  const [voice, song = null] = await page.evaluate(
    async ({ kinds, volumes, fixedVolume }) => {
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
      const output = elementOutput()
      made.splice(0)
      const context = new AudioContext()
      for (const kind of kinds) {
        const [track] = new MediaStreamAudioDestinationNode(context).stream.getTracks()
        if (track) output.add(kind, track, kind)
      }
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
    { kinds, volumes, fixedVolume }
  )
  await page.close()
  return { voice: voice!, song, mixer }
}

t.test('voices alone are played by elements, and load nothing more', async t => {
  t.same(await play(['voice'], { voice: 0.5 }), { voice: { muted: false, volume: 0.5 }, song: null, mixer: false })
  t.match(await play(['voice'], { voice: 0 }), { voice: { muted: true } })
})

t.test('a song is played by the mixer and voices as before, each once', async t => {
  t.match(await play(['voice', 'song'], { song: 0.5 }), {
    voice: { muted: false, volume: 1 },
    song: { muted: true },
    mixer: true
  })
})

t.test('without a mixer a song is played all the same', async t => {
  t.same(await play(['voice', 'song'], { song: 0.5 }, { withoutMixer: true }), {
    voice: { muted: false, volume: 1 },
    song: { muted: false, volume: 0.5 },
    mixer: true
  })
})

t.test('where elements have no volume the mixer plays voices too', async t => {
  t.match(await play(['voice', 'song'], {}, { fixedVolume: true }), { voice: { muted: true }, song: { muted: true } })
  t.match(await play(['voice'], { voice: 0.5 }, { fixedVolume: true }), { voice: { muted: true }, mixer: true })
  t.match(await play(['voice'], {}, { fixedVolume: true }), { voice: { muted: false }, mixer: false })
})
