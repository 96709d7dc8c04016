import type { FastifyBaseLogger } from 'fastify'
import { CodedError } from '../../contract/errors.ts'
import type { RtpCapabilities } from '../../contract/media.ts'
import type { TappedAudio } from '../../media/program/program.ts'
import type { Media } from '../../media/media.ts'
import type { ShowRecorder } from '../../media/recording/show-recorder.ts'
import type { ShowAudio } from '../../media/show-audio.ts'
import type { JoinRequest } from '../../media/show-members.ts'
import type { Span } from '../../plugins/external/tracing/spans.ts'
import type { LinkedAudio } from '../cluster/origin-links.ts'
import { createJinglePlayback, type JingleSources } from './jingle-playback.ts'
import type { PresenceAudio } from './presence-audio.ts'
import type { AudioListener, RoomAudio } from './room-audio.ts'
import { createSongPlayback, type SongSources } from './song-playback.ts'
import { tracedPresenceAudio, tracedRoomAudio } from './traced-audio.ts'

/** The audio of the shows with members here: rooms control it, handlers reach their own presence in it. */
export interface ShowAudios {
  /** Opens the audio of a show, or returns it when it is open. */
  open(showId: string): Promise<RoomAudio>
  /** The audio of a show that is open. */
  find(showId: string): RoomAudio | undefined
  /** The same, for links to other nodes. */
  findLinked(showId: string): LinkedAudio | undefined
  /** Records the speakers of a show who are on this node. */
  findRecorder(showId: string): ShowRecorder | undefined
  /** The same, for what leaves the server as a stream. */
  findTapped(showId: string): TappedAudio | undefined
  /** Gives a presence its place. Throws SHOW_ENDED when the show's audio is closed. */
  join(showId: string, request: JoinRequest): Promise<void>
  leave(showId: string, presenceId: string): void
  /** Whether a presence is sent the voice of a user. */
  isHearing(showId: string, presenceId: string, userId: string): boolean
  /** Throws NOT_IN_SHOW. */
  getPresence(showId: string, presenceId: string): PresenceAudio
  /** Throws SHOW_ENDED. */
  rtpCapabilities(showId: string): RtpCapabilities
}

export interface ShowAudiosParts {
  media: Pick<Media, 'openShow' | 'closeShow'>
  songs: SongSources & JingleSources
  logger: Pick<FastifyBaseLogger, 'warn'>
  /** Called before the audio of a show closes. */
  onClosing(showId: string): void
  /** Records spans of the calls, where tracing is on. */
  span?: Span | undefined
}

export function createShowAudios({ media, songs, logger, onClosing, span }: ShowAudiosParts): ShowAudios {
  const audios = new Map<string, ShowAudio>()
  const opened = new Map<string, RoomAudio>()

  function getAudio(showId: string): ShowAudio {
    const audio = audios.get(showId)
    if (!audio) throw new CodedError('SHOW_ENDED', 'The show has ended.')
    return audio
  }

  return {
    async open(showId) {
      const opening = async () => await media.openShow(showId)
      const audio = await (span ? span('media openShow', {}, opening) : opening())
      const already = opened.get(showId)
      if (already && audios.get(showId) === audio) return already
      audios.set(showId, audio)
      const onFailed = (error: unknown) => logger.warn({ err: error, showId }, 'reading a song failed')
      audio.song.on('failed', onFailed)
      audio.jingles.onFailed(onFailed)
      const untraced = roomAudio(audio, songs, async () => {
        if (audios.get(showId) === audio) {
          onClosing(showId)
          audios.delete(showId)
          opened.delete(showId)
        }
        await media.closeShow(showId)
      })
      const roomsAudio = span ? tracedRoomAudio(untraced, span) : untraced
      opened.set(showId, roomsAudio)
      return roomsAudio
    },
    find: showId => opened.get(showId),
    findLinked: showId => audios.get(showId),
    findRecorder: showId => audios.get(showId)?.recorder,
    findTapped: showId => audios.get(showId),
    async join(showId, request) {
      await getAudio(showId).join(request)
    },
    leave: (showId, presenceId) => {
      audios.get(showId)?.leave(presenceId)
    },
    isHearing: (showId, presenceId, userId) =>
      audios.get(showId)?.findParticipant(presenceId)?.isHearing(userId) ?? false,
    getPresence(showId, presenceId) {
      const participant = audios.get(showId)?.findParticipant(presenceId)
      if (!participant) throw new CodedError('NOT_IN_SHOW', 'Join the show first.')
      return span ? tracedPresenceAudio(participant, span) : participant
    },
    rtpCapabilities: showId => getAudio(showId).rtpCapabilities
  }
}

function roomAudio(audio: ShowAudio, songs: SongSources & JingleSources, close: () => Promise<void>): RoomAudio {
  const findParticipant = (presenceId: string | null) =>
    presenceId === null ? undefined : audio.findParticipant(presenceId)
  /** The room, which another one replaces when the show's home moves. */
  let listener: AudioListener | undefined
  audio.on('speaking', levels => listener?.onSpeaking(levels))
  audio.on('ownSpeaking', levels => listener?.onOwnSpeaking(levels))
  audio.on('producerLost', async (...args) => await listener?.onProducerLost(...args))
  audio.on('voiceHeard', async (...args) => await listener?.onVoiceHeard(...args))
  audio.on('overBitrate', async (...args) => await listener?.onOverBitrate(...args))
  audio.song.on('moved', async producerId => await listener?.onSongMoved(producerId))
  audio.jingles.onMoved(async producerId => await listener?.onJingleMoved(producerId))
  audio.on('transportFailed', (...args) => listener?.onTransportFailed(...args))
  audio.on('reset', (...args) => listener?.onReset(...args))
  return {
    ...createSongPlayback(audio.song, songs),
    jingles: createJinglePlayback(audio.jingles, songs),
    async admitProducer(presenceId, producerId, muted) {
      const participant = findParticipant(presenceId)
      if (!participant) throw new CodedError('CONFLICT', 'The connection was lost in the meantime.')
      await participant.admitProducer(producerId, muted)
    },
    async closeProducer(presenceId) {
      await findParticipant(presenceId)?.closeProducer()
    },
    async setMuted(presenceId, muted) {
      await findParticipant(presenceId)?.setMuted(muted)
    },
    leave: presenceId => audio.leave(presenceId),
    producerOf: presenceId => audio.findParticipant(presenceId)?.admittedProducerId ?? null,
    addRemoteLevels: (nodeId, levels) => audio.addRemoteLevels(nodeId, levels),
    listen(next) {
      listener = next
    },
    close
  }
}
