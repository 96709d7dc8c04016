import type { FastifyBaseLogger } from 'fastify'
import { createShowAudios, type ShowAudios, type ShowAudiosParts } from '../audio/show-audios.ts'
import type { Bus } from './bus.ts'
import { createShowVoices, type ShowVoices, type ShowVoicesParts } from './show-voices.ts'
import { createVoiceLinking, type VoiceLinking, type VoiceLinkingParts } from './voice-linking.ts'

export interface LinkedAudiosParts
  extends
    Pick<ShowAudiosParts, 'media' | 'songs' | 'span'>,
    Pick<VoiceLinkingParts, 'peers' | 'compile' | 'monotonicMs'>,
    Pick<ShowVoicesParts, 'homeOf'> {
  bus: Bus
  linkSeal: VoiceLinkingParts['seal']
  logger: FastifyBaseLogger
}

/** The audio of the shows of this node, and the voices of other nodes in it. */
export interface LinkedAudios {
  readonly audios: ShowAudios
  readonly linking: VoiceLinking
  readonly voices: ShowVoices
}

/** Connects the audio of shows with that of other nodes. */
export function createLinkedAudios(parts: LinkedAudiosParts): LinkedAudios {
  const { bus, logger, span } = parts
  const audios = createShowAudios({
    media: parts.media,
    songs: parts.songs,
    logger,
    onClosing: showId => voices.close(showId),
    span
  })
  const linking = createVoiceLinking({
    nodeId: bus.nodeId,
    peers: parts.peers,
    seal: parts.linkSeal,
    compile: parts.compile,
    findAudio: audios.findLinked,
    logger,
    monotonicMs: parts.monotonicMs
  })
  const voices = createShowVoices({
    linking,
    nodeId: bus.nodeId,
    findAudio: audios.findLinked,
    homeOf: parts.homeOf,
    logger
  })
  bus.onNodeLost(linking.nodeLost)
  return { audios, linking, voices }
}
