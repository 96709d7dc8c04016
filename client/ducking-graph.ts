import { duckingShape } from './ducking.ts'

/** How often what is held fades a step, and what is left of it then. */
const stepS = 0.02
const keptPerStep = 0.9
/** Points of a curve: fine enough for the threshold. */
const curvePoints = 2001
/** Critically damped, in the dB a BiquadFilterNode counts its Q in: it falls without a dent beyond. */
const dampedQ = 20 * Math.log10(0.5)
/** Follows the loudness of speech and not its waves. */
const loudnessHz = 15
/** A critically damped filter has gone nine tenths of the way after this many radians. */
const settledRadians = 3.9

/**
 * Measures voices and lowers a gain while they are heard: connect voices to `voices`, and `depth` to the gain's parameter. What comes
 * out of `depth` goes from 0 to its own `gain` and back. All of it are native nodes: they run on the audio thread, sample by
 * sample, also where the timers of a page in the background stand still, and need no script of a worklet that a
 * page's policy would have to allow.
 */
export interface DuckingGraph {
  readonly voices: AudioNode
  readonly depth: GainNode
}

export function createDuckingGraph(context: BaseAudioContext): DuckingGraph {
  const { threshold, attackMs, holdMs, releaseMs } = duckingShape
  const voices = new GainNode(context, { channelCount: 1, channelCountMode: 'explicit' })
  const magnitude = new WaveShaperNode(context, { curve: [1, 0, 1] })
  const loudness = new BiquadFilterNode(context, { type: 'lowpass', frequency: loudnessHz, Q: dampedQ })
  const gate = new WaveShaperNode(context, { curve: curveOf(level => 1 + (level - threshold) / (threshold / 3)) })

  // What comes round is 1 while somebody is heard, and fades afterwards: all at once down, little by little up.
  const held = new WaveShaperNode(context, { curve: [0, 0, 1] })
  const again = new DelayNode(context, { delayTime: stepS, maxDelayTime: stepS })
  const fading = new GainNode(context, { gain: keptPerStep })

  // As it fades, time can be read from it: first nothing changes, then it goes to 0 in a straight line.
  const stepsOf = (ms: number) => ms / 1000 / stepS
  const released = new WaveShaperNode(context, {
    curve: curveOf(
      level =>
        1 + (stepsOf(holdMs) - Math.log(Math.max(level, Number.MIN_VALUE)) / Math.log(keptPerStep)) / stepsOf(releaseMs)
    )
  })
  const smooth = new BiquadFilterNode(context, {
    type: 'lowpass',
    frequency: settledRadians / ((2 * Math.PI * attackMs) / 1000),
    Q: dampedQ
  })
  // So slow a filter is off by half a percent in Chromium.
  const limited = new WaveShaperNode(context, { curve: [0, 0, 1] })
  const depth = new GainNode(context, { gain: 0 })

  voices.connect(magnitude).connect(loudness).connect(gate).connect(held)
  held.connect(again).connect(fading).connect(held)
  held.connect(released).connect(smooth).connect(limited).connect(depth)
  return { voices, depth }
}

/** The curve of a WaveShaperNode: what becomes of levels from 0 to 1, cut off to 0 and 1; 0 stays 0, so that silence costs nothing. */
function curveOf(shape: (level: number) => number): Float32Array<ArrayBuffer> {
  return Float32Array.from({ length: curvePoints }, (_, point) => {
    const level = (2 * point) / (curvePoints - 1) - 1
    return level <= 0 ? 0 : Math.min(1, Math.max(0, shape(level)))
  })
}
