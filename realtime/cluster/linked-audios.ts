import type { FastifyBaseLogger } from 'fastify'
import {
  createRecordingControl,
  type RecordingControl,
  type RecordingControlParts
} from '../audio/recording-control.ts'
import { createShowAudios, type ShowAudios, type ShowAudiosParts } from '../audio/show-audios.ts'
import type { SystemCommand } from '../room/commands.ts'
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
  /** Files of the stints that are recorded. */
  stintFiles: RecordingControlParts['files']
  /** Runs a command of the system at the home of a show. */
  toHome(showId: string, command: SystemCommand): Promise<void>
  nowMs: () => number
}

/** The audio of the shows of this node, and the voices of other nodes in it. */
export interface LinkedAudios {
  readonly audios: ShowAudios
  readonly linking: VoiceLinking
  readonly voices: ShowVoices
  readonly recording: RecordingControl
}

/** Connects the audio of shows with that of other nodes. */
export function createLinkedAudios(parts: LinkedAudiosParts): LinkedAudios {
  const { bus, logger, span } = parts
  const audios = createShowAudios({
    media: parts.media,
    songs: parts.songs,
    logger,
    onClosing(showId) {
      voices.close(showId)
      recording.closing(showId)
    },
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
  const recording = createRecordingControl({
    files: parts.stintFiles,
    findRecorder: audios.findRecorder,
    reportFailure: async (showId, startedAt, reason) =>
      await parts.toHome(showId, { type: 'server:recordingFailed', startedAt, reason }),
    reportRecorded: async (showId, startedAt, voice, recorded) =>
      await parts.toHome(showId, { type: 'server:voiceRecorded', startedAt, recorded, ...voice }),
    logger,
    nowMs: parts.nowMs
  })
  bus.onNodeLost(linking.nodeLost)
  return { audios, linking, voices, recording }
}
