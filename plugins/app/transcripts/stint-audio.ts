import { Readable } from 'node:stream'
import type { StoredRecordings, StoredStint } from '../recordings/stored-recordings.ts'
import { clockOf, type ClockPoint } from './audio-clock.ts'
import { samplesPerMs } from '../../../media/player/opus-packet.ts'
import { spokenAudio, type SpokenPlace } from './spoken-audio.ts'
import type { TranscriberAudio } from './transcriber.ts'

/** The speech of a stint as a transcriber gets it. */
export interface StintAudio extends TranscriberAudio {
  readonly durationMs: number
  readonly clock: ClockPoint[]
}

/**
 * Reads a stint once to know the length of its speech, and once more when it is sent. Returns null when the recording
 * is gone. Throws DamagedRecording.
 */
export async function openStintAudio(
  recordings: Pick<StoredRecordings, 'read'>,
  stint: StoredStint
): Promise<StintAudio | null> {
  const file = await recordings.read(stint)
  if (!file) return null
  const places: SpokenPlace[] = []
  let sizeBytes = 0
  let samples = 0
  for await (const { bytes, spoken } of spokenAudio(file, place => places.push(place))) {
    sizeBytes += bytes.length
    samples = spoken
  }
  return {
    sizeBytes,
    durationMs: places.length === 0 ? 0 : samples / samplesPerMs,
    clock: clockOf(places, samples, stint.marks),
    async open() {
      const again = await recordings.read(stint)
      if (!again) throw new Error('the recording was removed')
      return Readable.from(bytesOf(spokenAudio(again, () => {})), { objectMode: false })
    }
  }
}

async function* bytesOf(pages: ReturnType<typeof spokenAudio>): AsyncGenerator<Buffer, void, void> {
  for await (const { bytes } of pages) yield bytes
}
