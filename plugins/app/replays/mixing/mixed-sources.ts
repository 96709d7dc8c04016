import { sampleRateHz, samplesPerMs } from '../../../../media/player/opus-packet.ts'
import type { FfmpegLimits } from '../../songs/transcode/ffmpeg.ts'
import { clockOf, type ClockPart } from '../timeline/stint-clock.ts'
import { decodeFile, PcmSource } from './pcm-source.ts'
import type { MixPlan } from './plan.ts'

/** A source of a mix: audio that is heard from a server time on. */
export interface MixedSource {
  /** Songs are lowered under voices. Jingles are not, and lower none. */
  readonly kind: 'voice' | 'song' | 'jingle'
  /** First and last server time at which it may be heard, ms. */
  readonly fromMs: number
  readonly toMs: number
  /** Position at a server time, in frames, and its growth per frame of the mix. */
  positionAt(showMs: number): { readonly position: number; readonly step: number }
  /** Returns its audio. Sources that follow each other may share one. */
  open(): PcmSource
  /** Called once, when the source is over, whether it was opened or not. */
  release(): void
}

/** Returns the sources of a mix by time: each part of a stint with an even clock, and each piece of a song. */
export function mixedSourcesOf(plan: MixPlan, limits: FfmpegLimits): MixedSource[] {
  const openPcm = (fileName: string, channels: 1 | 2) =>
    new PcmSource(decodeFile(limits, fileName, { rateHz: sampleRateHz, channels }), { channels })
  const voices = plan.stints.flatMap(stint => {
    const endSample = stint.durationMs * samplesPerMs
    return following(voiceRuns(clockOf(stint.marks))).flatMap(runs => {
      const audio = shareAudio(() => openPcm(stint.fileName, 1), runs.length)
      return runs.map(parts => voiceSource(parts, endSample, audio))
    })
  })
  const songs = plan.log.pieces.flatMap(({ item, from, to, positionMs }): MixedSource[] => {
    const fileName = item.songId === undefined ? undefined : plan.songs[item.songId]
    if (fileName === undefined) return []
    return [
      {
        kind: 'song',
        fromMs: from,
        toMs: to,
        positionAt: showMs => ({ position: (showMs - from + positionMs) * samplesPerMs, step: 1 }),
        ...shareAudio(() => openPcm(fileName, 2), 1)
      }
    ]
  })
  const jingles = plan.log.jingles.flatMap(({ songId, from, to }): MixedSource[] => {
    const fileName = plan.songs[songId]
    if (fileName === undefined) return []
    return [
      {
        kind: 'jingle',
        fromMs: from,
        toMs: to,
        positionAt: showMs => ({ position: (showMs - from) * samplesPerMs, step: 1 }),
        ...shareAudio(() => openPcm(fileName, 2), 1)
      }
    ]
  })
  return [...voices, ...songs, ...jingles].toSorted((a, b) => a.fromMs - b.fromMs)
}

/** Groups the parts of a clock that join. */
function voiceRuns(parts: readonly ClockPart[]): ClockPart[][] {
  const runs: ClockPart[][] = []
  for (const part of parts) {
    const before = runs.at(-1)?.at(-1)
    if (before && Math.abs(endOf(before) - part.atMs) < 1) runs.at(-1)?.push(part)
    else runs.push([part])
  }
  return runs
}

/** Groups the runs of a voice that do not overlap: a file is decoded once for each group, as its samples ascend. */
function following(runs: readonly ClockPart[][]): ClockPart[][][] {
  const groups: ClockPart[][][] = []
  for (const run of runs) {
    const fromMs = run[0]?.atMs ?? 0
    const group = groups.find(candidate => {
      const last = candidate.at(-1)?.at(-1)
      return last !== undefined && endOf(last) <= fromMs
    })
    if (group) group.push(run)
    else groups.push([run])
  }
  return groups
}

/** Opens audio once for some sources that follow each other, and closes it after the last one. */
function shareAudio(open: () => PcmSource, users: number): Pick<MixedSource, 'open' | 'release'> {
  let audio: PcmSource | undefined
  let left = users
  return {
    open: () => (audio ??= open()),
    release() {
      left--
      if (left === 0) audio?.close()
    }
  }
}

function endOf({ fromSample, toSample, atMs, msPerSample }: ClockPart): number {
  return atMs + (toSample - fromSample) * msPerSample
}

function voiceSource(
  parts: readonly ClockPart[],
  endSample: number,
  audio: Pick<MixedSource, 'open' | 'release'>
): MixedSource {
  const last = parts.at(-1)
  let current = 0
  return {
    kind: 'voice',
    fromMs: parts[0]?.atMs ?? 0,
    toMs: last ? endOf({ ...last, toSample: Math.min(last.toSample, endSample) }) : 0,
    positionAt(showMs) {
      while (current + 1 < parts.length && (parts[current + 1]?.atMs ?? Infinity) <= showMs) current++
      const part = parts[current]
      if (!part) return { position: 0, step: 1 }
      const step = 1 / samplesPerMs / part.msPerSample
      return { position: part.fromSample + (showMs - part.atMs) / part.msPerSample, step }
    },
    ...audio
  }
}
