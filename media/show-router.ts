import type { types } from 'mediasoup'
import type { MediaWorker } from './media-worker.ts'
import type { SpeakingLevel } from './speaking-levels.ts'

/** A producer that is quieter than this is not reported as speaking, dBov. */
const thresholdDb = -60
const reportIntervalMs = 250
const maxReportedSpeakers = 20

/** The mediasoup router of one show on one worker. */
export interface ShowRouter {
  readonly router: types.Router
  readonly mediaWorker: MediaWorker
  readonly levels: types.AudioLevelObserver
}

/** The `appData` of a producer. */
export interface ProducerOwner extends Record<string, unknown> {
  /** The user who speaks; null for the song. */
  userId: string | null
}

/**
 * Opens a router on a worker. `onLevels` receives the levels of the speakers there, about every 250 ms while anybody
 * speaks, and one empty list afterwards.
 */
export async function openShowRouter(
  mediaWorker: MediaWorker,
  onLevels: (routerId: string, levels: SpeakingLevel[]) => void
): Promise<ShowRouter> {
  const router = await mediaWorker.createRouter()
  try {
    const levels = await router.createAudioLevelObserver({
      maxEntries: maxReportedSpeakers,
      threshold: thresholdDb,
      interval: reportIntervalMs
    })
    levels.on('volumes', volumes =>
      onLevels(
        router.id,
        volumes.flatMap(({ producer, volume }) => {
          const { userId } = producer.appData
          return typeof userId === 'string' ? [{ userId, volume }] : []
        })
      )
    )
    levels.on('silence', () => onLevels(router.id, []))
    return { router, mediaWorker, levels }
  } catch (error) {
    router.close()
    throw error
  }
}
