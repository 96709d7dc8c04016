import { duckingShape } from '../contract/ducking.ts'

/** The feedback loop of the hold decays once per this time, to this fraction. */
const loopDelayS = 0.02
const loopGain = 0.9
/** Number of points of a curve: fine enough for the threshold. */
const curvePoints = 2001
/** Critical damping, in the dB in which a BiquadFilterNode takes its Q: the filter falls without overshooting. */
const criticalQ = 20 * Math.log10(0.5)
/** Cutoff that follows the loudness of speech, not its waves. */
const loudnessHz = 15
/** A critically damped filter covers nine tenths of a step within this many radians. */
const settlingRadians = 3.9

/**
 * Measures voices and lowers a gain while they are heard. Connect voices to `voices`, and `depth` to the parameter of
 * the gain. The output of `depth` moves between 0 and its own `gain`. All nodes are native: they run on the audio
 * thread sample by sample, even while the timers of a background page are throttled, and use no worklet script that the
 * page's Content-Security-Policy would have to allow.
 */
export interface DuckingGraph {
  readonly voices: AudioNode
  readonly depth: GainNode
}

export function createDuckingGraph(context: BaseAudioContext): DuckingGraph {
  const { threshold, attackMs, holdMs, releaseMs } = duckingShape
  const voices = new GainNode(context, { channelCount: 1, channelCountMode: 'explicit' })
  const magnitude = new WaveShaperNode(context, { curve: [1, 0, 1] })
  const loudness = new BiquadFilterNode(context, { type: 'lowpass', frequency: loudnessHz, Q: criticalQ })
  const gate = new WaveShaperNode(context, { curve: createCurve(level => 1 + (level - threshold) / (threshold / 3)) })

  // The level in this loop is 1 while a voice is heard, and decays exponentially afterwards.
  const held = new WaveShaperNode(context, { curve: [0, 0, 1] })
  const loopDelay = new DelayNode(context, { delayTime: loopDelayS, maxDelayTime: loopDelayS })
  const decay = new GainNode(context, { gain: loopGain })

  // The decaying level tells the elapsed time: the result stays 1 during the hold, then falls to 0 in a straight line.
  const loopSteps = (ms: number) => ms / 1000 / loopDelayS
  const release = new WaveShaperNode(context, {
    curve: createCurve(
      level =>
        1 +
        (loopSteps(holdMs) - Math.log(Math.max(level, Number.MIN_VALUE)) / Math.log(loopGain)) / loopSteps(releaseMs)
    )
  })
  const smooth = new BiquadFilterNode(context, {
    type: 'lowpass',
    frequency: settlingRadians / ((2 * Math.PI * attackMs) / 1000),
    Q: criticalQ
  })
  // Clips to 0 and 1: in Chromium, the output of a filter this slow is off by half a percent.
  const limit = new WaveShaperNode(context, { curve: [0, 0, 1] })
  const depth = new GainNode(context, { gain: 0 })

  voices.connect(magnitude).connect(loudness).connect(gate).connect(held)
  held.connect(loopDelay).connect(decay).connect(held)
  held.connect(release).connect(smooth).connect(limit).connect(depth)
  return { voices, depth }
}

/**
 * Creates the curve of a WaveShaperNode for levels from 0 to 1, clipped to 0 and 1. Maps 0 to 0, so that silence costs
 * nothing.
 */
function createCurve(shape: (level: number) => number): Float32Array<ArrayBuffer> {
  return Float32Array.from({ length: curvePoints }, (_, point) => {
    const level = (2 * point) / (curvePoints - 1) - 1
    return level <= 0 ? 0 : Math.min(1, Math.max(0, shape(level)))
  })
}
