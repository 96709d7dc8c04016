import { packetSamples } from '../../../media/player/opus-packet.ts'
import { openStintFile } from '../../../media/recording/opening-file.ts'
import { createVoiceStints } from '../../../media/recording/voice-stints.ts'
import { memoryStints, packetsOf } from './memory-stints.ts'
import type { Arrival } from './synthetic-voice.ts'

export const startedAtMs = 1_700_000_000_000

/** Records arrivals as a recorder does that ticks every 250 ms. */
export async function record(arrivals: readonly Arrival[], isStereo = false) {
  const { files, stints } = memoryStints()
  const voice = createVoiceStints(isStereo, at =>
    openStintFile(
      { showId: 'show', userId: 'speaker', startedAtMs: at },
      {
        files,
        onFailed() {},
        onLost(error) {
          throw error
        }
      }
    )
  )
  let tickedAtMs = arrivals[0]?.atMs ?? 0
  for (const { bytes, atMs } of arrivals) {
    for (; tickedAtMs + 250 < atMs; tickedAtMs += 250) voice.tick(tickedAtMs + 250)
    voice.add(bytes, atMs)
  }
  await voice.end()
  return stints
}

/** Returns the samples of all packets of a file. */
export const samplesOf = (bytes: Buffer) => packetsOf(bytes).reduce((sum, packet) => sum + packetSamples(packet), 0)
