import { readFile } from 'node:fs/promises'
import { constants, getPriority } from 'node:os'
import t from 'tap'
import { packetSamples } from '../../../media/player/opus-packet.ts'
import { openOpusSong } from '../../../media/player/opus-song.ts'
import { createRtpStream } from '../../../media/player/rtp-stream.ts'
import { createMixer, frameMs } from '../../../media/program/mixer.ts'
import { startProgramEncoder } from '../../../media/program/program-encoder.ts'
import { makeFile } from '../../songs/files.ts'
import { amplitudeOf } from '../../tones.ts'
import { inMemory } from '../ogg-writer.ts'
import { until } from '../test-media.ts'

/** RTP packets of a tone, as a client sends them. */
async function packetsOf(hz: number, seconds: number): Promise<Buffer[]> {
  const file = await makeFile('a.ogg', ['-c:a', 'libopus', '-b:a', '96k'], `sine=frequency=${hz}:duration=${seconds}`)
  const rtp = createRtpStream(100)
  const packets: Buffer[] = []
  let sample = 0
  const song = await openOpusSong(inMemory(file, seconds * 1000))
  for await (const chunk of song.packets(0)) {
    for (const { data } of chunk) {
      packets.push(rtp.packet(data, sample, sample === 0, null))
      sample += packetSamples(data)
    }
  }
  return packets
}

/** The left channel of PCM. */
function leftOf(frames: readonly Buffer[]): Float32Array {
  const pcm = Buffer.concat(frames)
  return Float32Array.from({ length: pcm.length / 4 }, (_, n) => pcm.readInt16LE(n * 4) / 32_768)
}

const controls = { ducking: { on: true, levelDb: -20 }, songLevel: 1, songFade: [], voices: true }

t.test('voices and the song are mixed, and the song is quieter while somebody speaks', async t => {
  const [voice, song] = await Promise.all([packetsOf(500, 4), packetsOf(2000, 5)])
  const mixer = createMixer()
  mixer.take({ type: 'controls', controls: { ...controls, song: true } })
  mixer.take({ type: 'opened', slot: 1, kind: 'voice' })
  mixer.take({ type: 'opened', slot: 2, kind: 'song' })
  await new Promise(resolve => setTimeout(resolve, 300))
  const frames: Buffer[] = []
  const mixUntil = (ms: number) => {
    for (let n = frames.length; n < ms / frameMs; n++) {
      if (n < 75 && voice[n]) mixer.take({ type: 'packet', slot: 1, packet: voice[n]! })
      if (song[n]) mixer.take({ type: 'packet', slot: 2, packet: song[n]! })
      frames.push(mixer.mix())
    }
  }
  mixUntil(3000)
  mixer.take({ type: 'controls', controls: { ...controls, songLevel: 0.1, song: true } })
  mixUntil(4000)
  mixer.take({ type: 'controls', controls: { ...controls, song: false } })
  mixUntil(4500)
  const sound = leftOf(frames)
  t.ok(amplitudeOf(sound, 500, 400, 1400) > 0.05, 'the voice is heard')
  const [ducked, free] = [amplitudeOf(sound, 2000, 600, 1400), amplitudeOf(sound, 2000, 2500, 2900)]
  t.ok(free > 0.05, 'the song is heard')
  t.ok(ducked > 0 && ducked < free / 8, `the song is 20 dB quieter: ${ducked}, then ${free}`)
  const low = amplitudeOf(sound, 2000, 3300, 3900)
  t.ok(Math.abs(20 * Math.log10(low / free) + 20) < 1, `the hosts made the song 20 dB quieter: ${free}, then ${low}`)
  t.ok(amplitudeOf(sound, 2000, 4040, 4500) < 0.001, 'a song that must not be heard ends at once')
})

t.test('a song fades out, and the next one is heard in full', async t => {
  const [song, next] = await Promise.all([packetsOf(2000, 4), packetsOf(3500, 2)])
  let nowMs = 1_800_000_000_000
  const startMs = nowMs
  const mixer = createMixer(() => nowMs)
  // A song is heard 250 ms after its packets, and fades so much later.
  const songFade = [{ at: startMs + 1000, durationMs: 1000, from: 1, to: 0 }]
  mixer.take({ type: 'controls', controls: { ...controls, songFade, song: true } })
  mixer.take({ type: 'opened', slot: 1, kind: 'song' })
  mixer.take({ type: 'opened', slot: 2, kind: 'song' })
  await new Promise(resolve => setTimeout(resolve, 300))
  const frames: Buffer[] = []
  for (let n = 0; n < 200; n++, nowMs += frameMs) {
    if (n < 100 && song[n]) mixer.take({ type: 'packet', slot: 1, packet: song[n]! })
    if (n === 100) {
      const following = [{ at: startMs + 2400, durationMs: 0, from: 0, to: 1 }]
      mixer.take({ type: 'controls', controls: { ...controls, songFade: following, song: true } })
    }
    if (n >= 120 && next[n - 120]) mixer.take({ type: 'packet', slot: 2, packet: next[n - 120]! })
    frames.push(mixer.mix())
  }
  const sound = leftOf(frames)
  const dbAt = (hz: number, fromMs: number, toMs: number) => 20 * Math.log10(amplitudeOf(sound, hz, fromMs, toMs))
  const full = dbAt(2000, 600, 1200)
  const half = dbAt(2000, 1700, 1800)
  t.ok(Math.abs(half - full + 12) < 1, `12 dB quieter after half of the fade: ${full}, then ${half}`)
  t.ok(dbAt(2000, 2260, 2600) < full - 60, 'the end of the song is silent until the last packet')
  const following = dbAt(3500, 2750, 3600)
  t.ok(Math.abs(following - full) < 1, `the next song is heard in full: ${following}`)
})

t.test('a jingle is heard over voice and song, without ducking and in full', async t => {
  const [song, jingle] = await Promise.all([packetsOf(2000, 4), packetsOf(3500, 2)])
  const mixer = createMixer()
  mixer.take({ type: 'controls', controls: { ...controls, songLevel: 0.5, song: true } })
  mixer.take({ type: 'opened', slot: 1, kind: 'song' })
  mixer.take({ type: 'opened', slot: 2, kind: 'jingle' })
  await new Promise(resolve => setTimeout(resolve, 300))
  const frames: Buffer[] = []
  for (let n = 0; n < 200; n++) {
    if (song[n]) mixer.take({ type: 'packet', slot: 1, packet: song[n]! })
    if (n >= 100 && jingle[n - 100]) mixer.take({ type: 'packet', slot: 2, packet: jingle[n - 100]! })
    frames.push(mixer.mix())
  }
  const sound = leftOf(frames)
  const [alone, under] = [amplitudeOf(sound, 2000, 800, 1800), amplitudeOf(sound, 2000, 2600, 3600)]
  t.ok(Math.abs(20 * Math.log10(under / alone)) < 1, `the song is as loud as before: ${alone}, then ${under}`)
  const jingleDb = 20 * Math.log10(amplitudeOf(sound, 3500, 2600, 3600) / under)
  t.ok(Math.abs(jingleDb - 6) < 1, `the level of songs is not that of jingles: ${jingleDb} dB louder`)
})

t.test('after the mixer or ffmpeg is killed, another run follows', async t => {
  let runs = 0
  const crashes: string[] = []
  let bytes = 0
  const encoder = startProgramEncoder({
    onRun: () => runs++,
    onBytes(format, chunk) {
      if (format === 'mp3') bytes += chunk.length
    },
    onCrash: reason => crashes.push(reason)
  })
  t.teardown(() => encoder.close())
  const nextBytes = async () => {
    const before = bytes
    await until(() => bytes >= before + 4000)
  }
  await nextBytes()
  const mixer = encoder.pid!
  const ffmpeg = Number((await readFile(`/proc/${mixer}/task/${mixer}/children`, 'utf8')).trim())
  t.same([mixer, ffmpeg].map(getPriority), Array(2).fill(constants.priority.PRIORITY_BELOW_NORMAL), 'voices come first')
  process.kill(ffmpeg, 'SIGKILL')
  await until(() => crashes.length === 1)
  await nextBytes()
  process.kill(encoder.pid!, 'SIGKILL')
  await until(() => crashes.length === 2)
  await nextBytes()
  t.equal(runs, 3)
  t.match(crashes, [/ffmpeg ended: SIGKILL/, /SIGKILL/])
})
