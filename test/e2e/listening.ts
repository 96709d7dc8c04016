import { setTimeout as sleep } from 'node:timers/promises'
import type { ReceivedAudio, Visitor } from './browser.ts'

const pollMs = 100

/** Waits until the audio that a visitor has received meets a condition. */
export async function waitUntilHears(
  visitor: Visitor,
  matches: (audio: ReceivedAudio) => boolean
): Promise<ReceivedAudio> {
  for (;;) {
    const audio = await visitor.receivedAudio()
    if (matches(audio)) return audio
    await sleep(pollMs)
  }
}

/** Waits until a visitor hears more sound. */
export async function waitUntilHearsMore(visitor: Visitor): Promise<void> {
  const { energy } = await visitor.receivedAudio()
  await waitUntilHears(visitor, now => now.energy > energy + 0.001)
}

/** Waits until a visitor has received this number of streams for a second and a half without a break. */
export async function waitUntilHearsSteadily(visitor: Visitor, streams: number): Promise<void> {
  let steadyPeriods = 0
  while (steadyPeriods < 3) {
    const before = await visitor.receivedAudio()
    await sleep(5 * pollMs)
    const now = await visitor.receivedAudio()
    const flowing = Object.entries(now.packetsByStream).filter(
      ([stream, packets]) => packets > (before.packetsByStream[stream] ?? 0)
    ).length
    steadyPeriods = flowing === streams && now.energy > before.energy ? steadyPeriods + 1 : 0
  }
}

/** Measures the audio that a visitor receives during a period. */
export async function measureHeard(visitor: Visitor, ms: number): Promise<{ energy: number; packets: number }> {
  const before = await visitor.receivedAudio()
  await sleep(ms)
  const after = await visitor.receivedAudio()
  return { energy: after.energy - before.energy, packets: after.packets - before.packets }
}
