import type { Page } from 'playwright-core'
import type { Visitor } from './browser.ts'

/** Duration of a frame. */
export const frameMs = 20

/** A short piece of what a page plays through WebAudio. */
export interface Frame {
  /** When the start of the frame was mixed, ms since the epoch. */
  at: number
  /** Root mean square. */
  level: number
  hz: number
}

/** The audio worklet, which runs on the audio thread. */
const script = `
registerProcessor('recorder', class extends AudioWorkletProcessor {
  size = Math.round(sampleRate * ${frameMs} / 1000)
  energy = 0
  count = 0
  last = 0
  crossings = []

  process ([[channel]]) {
    for (let n = 0; n < 128; n++) {
      const sample = channel ? channel[n] : 0
      if (this.last < 0 && sample >= 0) this.crossings.push(this.count - sample / (sample - this.last))
      this.last = sample
      this.energy += sample * sample
      if (++this.count === this.size) this.post()
    }
    return true
  }

  post () {
    const periods = this.crossings.length - 1
    const hz = periods < 1 ? 0 : periods * sampleRate / (this.crossings.at(-1) - this.crossings[0])
    this.port.postMessage({ at: Date.now() - ${frameMs}, level: Math.sqrt(this.energy / this.size), hz })
    this.energy = this.count = 0
    this.crossings = []
  }
})`

/** Records what the pages that a visitor opens from now on play through WebAudio. The visitor needs `bypassCSP`. */
export async function recordSound({ context }: Visitor): Promise<void> {
  await context.addInitScript(recordPlayed, script)
}

/** Runs in the page, before its own code: records everything that is connected to the loudspeaker. */
function recordPlayed(script: string): void {
  const played: Frame[] = []
  Object.assign(window, { played })
  const original = AudioNode.prototype.connect as (this: AudioNode, target: AudioNode) => AudioNode
  const prototype: { connect: unknown } = AudioNode.prototype
  prototype.connect = function (this: AudioNode, target: AudioNode) {
    if (target instanceof AudioDestinationNode) record(this, target)
    return original.call(this, target)
  }

  async function record(source: AudioNode, target: AudioDestinationNode): Promise<void> {
    await target.context.audioWorklet.addModule(URL.createObjectURL(new Blob([script], { type: 'text/javascript' })))
    const recorder = new AudioWorkletNode(target.context, 'recorder', { channelCount: 1, channelCountMode: 'explicit' })
    recorder.port.onmessage = ({ data }: MessageEvent<Frame>) => {
      played.push(data)
    }
    original.call(source, recorder)
    original.call(recorder, target)
  }
}

/** Returns the frames that a page has played since a time (ms since the epoch), in order. */
export async function framesSince(page: Page, sinceMs: number): Promise<Frame[]> {
  return await page.evaluate(
    since => (window as { played?: Frame[] }).played?.filter(({ at }) => at >= since) ?? [],
    sinceMs
  )
}

/** Waits for `inRow` consecutive frames that match, after a time (ms since the epoch), and returns them. */
export async function waitForFrames(
  page: Page,
  sinceMs: number,
  matches: (frame: Frame) => boolean,
  inRow = 10
): Promise<Frame[]> {
  for (;;) {
    const frames = await framesSince(page, sinceMs)
    const from = frames.findIndex((_, n) => n + inRow <= frames.length && frames.slice(n, n + inRow).every(matches))
    if (from >= 0) return frames.slice(from, from + inRow)
    await new Promise(resolve => setTimeout(resolve, 100))
  }
}

/** Returns the median, which ignores single outliers of a busy machine. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN
}
