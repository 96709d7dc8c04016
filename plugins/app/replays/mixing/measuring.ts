import { samplesPerMs } from '../../../../media/player/opus-packet.ts'
import type { FfmpegLimits } from '../../songs/transcode/ffmpeg.ts'
import type { Interval } from '../timeline/intervals.ts'
import { clockOf, timeOfSample } from '../timeline/stint-clock.ts'
import { speechOf, windowMs } from '../timeline/voice-activity.ts'
import { decodeFile, fullScale } from './pcm-source.ts'
import type { PlannedStint } from './plan.ts'

/** A low rate is enough to tell speech from silence, and cheap. */
const rateHz = 8000
const windowFrames = (rateHz * windowMs) / 1000
const samplesPerWindow = samplesPerMs * windowMs
const bytesPerSample = 2

/** Returns the times of speech of a stint, server time. Keeps one number for each window. */
export async function measureSpeech(limits: FfmpegLimits, stint: PlannedStint): Promise<Interval[]> {
  const loudness = await measureLoudness(decodeFile(limits, stint.fileName, { rateHz, channels: 1 }))
  const clock = clockOf(stint.marks)
  return speechOf(loudness, window => timeOfSample(clock, window * samplesPerWindow))
}

/** Returns the loudness of each window of mono audio with 16 bits: the root of the mean square, 0 to 1. */
export async function measureLoudness(audio: AsyncIterable<Buffer>): Promise<number[]> {
  const values: number[] = []
  let [carry, sum, frames]: [Buffer, number, number] = [Buffer.alloc(0), 0, 0]
  for await (const chunk of audio) {
    const bytes = carry.length > 0 ? Buffer.concat([carry, chunk]) : chunk
    const whole = bytes.length - (bytes.length % bytesPerSample)
    carry = bytes.subarray(whole)
    for (let offset = 0; offset < whole; offset += bytesPerSample) {
      sum += (bytes.readInt16LE(offset) / fullScale) ** 2
      if (++frames < windowFrames) continue
      values.push(Math.sqrt(sum / frames))
      ;[sum, frames] = [0, 0]
    }
  }
  return values
}
