import type { FastifyBaseLogger } from 'fastify'
import type { SpeakingLevel } from '../../contract/speaking.ts'
import type { RoomAudio } from '../audio/room-audio.ts'
import type { Delivery } from '../delivery/delivery.ts'
import type { SpeakingFeed } from '../delivery/speaking-feed.ts'
import type { SystemCommand } from '../room/commands.ts'

export interface ReplicaAudioParts {
  showId: string
  delivery: Delivery
  /** Tells the members here who speaks. */
  speaking: Pick<SpeakingFeed, 'report'>
  /** Tells other nodes the levels of the speakers here. */
  castLevels(showId: string, levels: SpeakingLevel[]): void
  /** Runs a command of the system at the home. */
  toHome(showId: string, command: SystemCommand): Promise<void>
  logger: Pick<FastifyBaseLogger, 'warn'>
}

/** Reports what happens to the audio of the members here to the home of their show, and to themselves. */
export function listenToReplicaAudio(
  audio: Pick<RoomAudio, 'listen'>,
  { showId, delivery, speaking, castLevels, toHome, logger }: ReplicaAudioParts
): void {
  async function report(command: SystemCommand): Promise<void> {
    await toHome(showId, command).catch((error: unknown) =>
      logger.warn({ err: error, showId, command: command.type }, 'the home of a show was not told')
    )
  }

  audio.listen({
    onSpeaking: levels => speaking.report(showId, levels),
    onOwnSpeaking: levels => castLevels(showId, levels),
    onProducerLost: async (userId, producerId) => await report({ type: 'server:producerLost', userId, producerId }),
    onVoiceHeard: async (userId, producerId) => await report({ type: 'server:voiceHeard', userId, producerId }),
    onOverBitrate: async (userId, producerId) => await report({ type: 'server:overBitrate', userId, producerId }),
    // Only the home plays songs and jingles.
    onSongMoved: async () => {},
    onJingleMoved: async () => {},
    onTransportFailed: (presenceId, failure) => delivery.toPresence(presenceId, 'media:transportFailed', failure),
    onReset: (presenceIds, routerRtpCapabilities, reason) =>
      delivery.toPresences(showId, presenceIds, 'media:reset', { routerRtpCapabilities, reason })
  })
}
