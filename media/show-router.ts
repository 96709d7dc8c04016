import type { types } from 'mediasoup'
import type { MediaWorker } from './media-worker.ts'
import type { Level } from './speaking.ts'

/** Quieter than this is not speaking, dBov. */
const thresholdDb = -60
const intervalMs = 250
const loudestAtOnce = 20

/** A show's router on one worker. */
export interface ShowRouter {
  readonly router: types.Router
  readonly mediaWorker: MediaWorker
  readonly levels: types.AudioLevelObserver
}

/** What a producer carries with it: whose voice it is; null is the song. */
export interface ProducerOwner extends Record<string, unknown> {
  userId: string | null
}

/** Opens a router on a worker. `onLevels` gets who is heard there, about every 250 ms while somebody is, and an empty list after. */
export async function openShowRouter(
  mediaWorker: MediaWorker,
  onLevels: (routerId: string, levels: Level[]) => void
): Promise<ShowRouter> {
  const router = await mediaWorker.createRouter()
  try {
    const levels = await router.createAudioLevelObserver({
      maxEntries: loudestAtOnce,
      threshold: thresholdDb,
      interval: intervalMs
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
