import type { types } from 'mediasoup'
import type { SpeakingLevel } from '../contract/speaking.ts'
import type { MediaWorker } from './media-worker.ts'
import { observeVoices, type VoiceLevels } from './voice-levels.ts'

/** The mediasoup router of one show on one worker. */
export interface ShowRouter {
  readonly router: types.Router
  readonly mediaWorker: MediaWorker
  readonly levels: VoiceLevels
}

/** The `appData` of a producer. */
export interface ProducerOwner extends Record<string, unknown> {
  /** The user who speaks; null for the song. */
  userId: string | null
}

/**
 * Opens a router on a worker. `onLevels` receives the levels of the speakers there, about every 500 ms while anybody
 * speaks, and one empty list afterwards.
 */
export async function openShowRouter(
  mediaWorker: MediaWorker,
  onLevels: (routerId: string, levels: SpeakingLevel[]) => void
): Promise<ShowRouter> {
  const router = await mediaWorker.createRouter()
  try {
    const levels = await observeVoices(router, voices => onLevels(router.id, voices))
    return { router, mediaWorker, levels }
  } catch (error) {
    router.close()
    throw error
  }
}
