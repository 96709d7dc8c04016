import type { Page } from 'playwright-core'
import type { Visitor } from './browser.ts'

/** Duration of a frame. */
export const frameMs = 20
/** Level of a frame below which nothing is heard. */
export const silenceLevel = 0.002

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
  const recorders = new WeakMap<BaseAudioContext, Promise<AudioNode>>()
  const original = AudioNode.prototype.connect as (this: AudioNode, target: AudioNode) => AudioNode
  const prototype: { connect: unknown } = AudioNode.prototype
  prototype.connect = function (this: AudioNode, target: AudioNode) {
    if (target instanceof AudioDestinationNode) record(this, target)
    return original.call(this, target)
  }

  async function record(source: AudioNode, target: AudioDestinationNode): Promise<void> {
    const { context } = target
    if (!recorders.has(context)) recorders.set(context, createRecorder(target))
    original.call(source, (await recorders.get(context))!)
  }

  /** All sounds of a context are mixed before they are recorded, as the loudspeaker mixes them. */
  async function createRecorder(target: AudioDestinationNode): Promise<AudioNode> {
    const { context } = target
    await context.audioWorklet.addModule(URL.createObjectURL(new Blob([script], { type: 'text/javascript' })))
    const recorder = new AudioWorkletNode(context, 'recorder', { channelCount: 1, channelCountMode: 'explicit' })
    recorder.port.onmessage = ({ data }: MessageEvent<Frame>) => {
      played.push(data)
    }
    original.call(recorder, target)
    return recorder
  }
}

/** Returns the frames that a page has played since a time (ms since the epoch), in order. */
export async function framesSince(page: Page, sinceMs: number): Promise<Frame[]> {
  return await page.evaluate(
    since => (window as { played?: Frame[] }).played?.filter(({ at }) => at >= since) ?? [],
    sinceMs
  )
}

/** Sounds are looked for ten times per second. */
const maxAttempts = 900

/** Waits for `inRow` consecutive frames that match, after a time (ms since the epoch), and returns them. */
export async function waitForFrames(
  page: Page,
  sinceMs: number,
  matches: (frame: Frame) => boolean,
  inRow = 10
): Promise<Frame[]> {
  for (let attempt = 0; attempt < maxAttempts; attempt++) {
    const frames = await framesSince(page, sinceMs)
    const from = frames.findIndex((_, n) => n + inRow <= frames.length && frames.slice(n, n + inRow).every(matches))
    if (from >= 0) return frames.slice(from, from + inRow)
    await new Promise(resolve => setTimeout(resolve, 100))
  }
  const heard = (await framesSince(page, sinceMs)).slice(-10)
  const described = heard.map(({ level, hz }) => `${level.toFixed(3)} at ${hz.toFixed(0)} Hz`).join(', ')
  throw new Error(`not heard: ${String(matches)}. Heard at last: ${described}`)
}

/** Returns the median, which ignores single outliers of a busy machine. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN
}
