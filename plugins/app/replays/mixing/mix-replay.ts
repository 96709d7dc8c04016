import type { FfmpegLimits } from '../../songs/transcode/ffmpeg.ts'
import { chaptersOf, itemsOf, speakersOf } from '../timeline/contents.ts'
import type { Interval } from '../timeline/intervals.ts'
import { cutTimes, keptTimes } from '../timeline/kept-times.ts'
import { durationOf, stretchesOf } from '../timeline/stretches.ts'
import { measureSpeech } from './measuring.ts'
import { encodeMix } from './mixed-encoding.ts'
import { mixedSourcesOf } from './mixed-sources.ts'
import { mix, type MixedBlock } from './mixer.ts'
import { PeakList } from './peak-list.ts'
import type { MixPlan, MixResult } from './plan.ts'

/** Measuring takes about a fifth of the time. */
const measuringShare = 0.2
const minProgressStep = 0.01

/** Mixes a replay into files of its folder, and returns its contents. */
export async function mixReplay(
  plan: MixPlan,
  limits: FfmpegLimits,
  onProgress: (progress: number) => void
): Promise<MixResult> {
  const speech = await measureAll(plan, limits, share => onProgress(measuringShare * share))
  const isPlayed = (songId: string | undefined) => songId !== undefined && plan.songs[songId] !== undefined
  const kept = keptTimes({ log: plan.log, speech: [...speech.values()].flat(), isPlayed })
  const stretches = stretchesOf(cutTimes(kept, plan.cut))
  const durationMs = durationOf(stretches)
  const window = { from: plan.cut.from ?? -Infinity, to: plan.cut.to ?? Infinity }
  const items = itemsOf(plan.log, { stretches, window }, isPlayed)
  const speakers = speakersOf(speech, stretches)
  const chapters = chaptersOf(plan, items, speakers)
  const peaks = new PeakList(durationMs)
  const nameOf = (userId: string | null) => plan.names[userId ?? ''] ?? 'Somebody'
  const blocks = withProgress(mix(stretches, mixedSourcesOf(plan, limits), plan.log), ({ atMs, peak }) => {
    peaks.add(atMs, peak)
    onProgress(measuringShare + ((1 - measuringShare) * atMs) / durationMs)
  })
  await encodeMix(
    limits,
    {
      title: plan.title,
      artist: nameOf(plan.creatorId),
      chapters: chapters.map(({ atMs, title, userId }) => ({ atMs, title: title ?? nameOf(userId) })),
      durationMs
    },
    blocks
  )
  return {
    ...{ kept, recorded: [...plan.log.recorded], stretches, items, chapters, peaks: peaks.peaks() },
    speakers: speakers.map(({ spans, ...speaker }) => ({ ...speaker, spans: [...spans] }))
  }
}

async function measureAll(
  plan: MixPlan,
  limits: FfmpegLimits,
  onProgress: (share: number) => void
): Promise<Map<string, Interval[]>> {
  const speech = new Map<string, Interval[]>()
  for (const [n, stint] of plan.stints.entries()) {
    const earlier = speech.get(stint.userId) ?? []
    speech.set(stint.userId, [...earlier, ...(await measureSpeech(limits, stint))])
    onProgress((n + 1) / plan.stints.length)
  }
  return speech
}

async function* withProgress(
  blocks: AsyncIterable<MixedBlock>,
  onBlock: (block: MixedBlock) => void
): AsyncGenerator<MixedBlock> {
  for await (const block of blocks) {
    onBlock(block)
    yield block
  }
}

/** Returns a callback that passes on progress in steps. */
export function inSteps(onProgress: (progress: number) => void): (progress: number) => void {
  let reported = 0
  return progress => {
    if (progress < reported + minProgressStep) return
    reported = progress
    onProgress(progress)
  }
}
