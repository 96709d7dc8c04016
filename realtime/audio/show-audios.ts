import type { FastifyBaseLogger } from 'fastify'
import { CodedError } from '../../contract/errors.ts'
import type { RtpCapabilities } from '../../contract/media.ts'
import type { Media } from '../../media/media.ts'
import type { JoinRequest, ShowAudio } from '../../media/show-audio.ts'
import type { Span } from '../../plugins/external/tracing/spans.ts'
import type { RoomAudio } from './room-audio.ts'
import type { SessionAudio } from './session-audio.ts'
import { createSongPlayback, type SongSources } from './song-playback.ts'
import { tracedRoomAudio, tracedSessionAudio } from './traced-audio.ts'

/** The audio of the shows that are live here: rooms steer it, handlers reach their own session in it. */
export interface ShowAudios {
  open(showId: string): Promise<RoomAudio>
  /** Gives a session its place. Throws SHOW_ENDED when the show's audio is closed. */
  join(showId: string, request: JoinRequest): Promise<void>
  leave(showId: string, sessionId: string): void
  /** Throws NOT_IN_SHOW. */
  session(showId: string, sessionId: string): SessionAudio
  rtpCapabilities(showId: string): RtpCapabilities
}

/** `span`: what follows the calls to the media, where something does. */
export function createShowAudios(
  media: Media,
  songs: SongSources,
  logger: Pick<FastifyBaseLogger, 'warn'>,
  span?: Span
): ShowAudios {
  const audios = new Map<string, ShowAudio>()

  function need(showId: string): ShowAudio {
    const audio = audios.get(showId)
    if (!audio) throw new CodedError('SHOW_ENDED', 'The show has ended.')
    return audio
  }

  return {
    async open(showId) {
      const opening = async () => await media.openShow(showId)
      const audio = await (span ? span('media openShow', {}, opening) : opening())
      audios.set(showId, audio)
      audio.song.on('failed', error => logger.warn({ err: error, showId }, 'a song could not be read on'))
      const opened = roomAudio(audio, songs, async () => {
        audios.delete(showId)
        await media.closeShow(showId)
      })
      return span ? tracedRoomAudio(opened, span) : opened
    },
    async join(showId, request) {
      await need(showId).join(request)
    },
    leave: (showId, sessionId) => {
      audios.get(showId)?.leave(sessionId)
    },
    session(showId, sessionId) {
      const participant = audios.get(showId)?.findParticipant(sessionId)
      if (!participant) throw new CodedError('NOT_IN_SHOW', 'Join the show first.')
      return span ? tracedSessionAudio(participant, span) : participant
    },
    rtpCapabilities: showId => need(showId).rtpCapabilities
  }
}

function roomAudio(audio: ShowAudio, songs: SongSources, close: () => Promise<void>): RoomAudio {
  const playback = createSongPlayback(audio.song, songs)
  const of = (sessionId: string | null) => (sessionId === null ? undefined : audio.findParticipant(sessionId))
  return {
    async admitProducer(sessionId, producerId, muted) {
      const participant = of(sessionId)
      if (!participant) throw new CodedError('CONFLICT', 'The connection was lost meanwhile.')
      await participant.admitProducer(producerId, muted)
    },
    async closeProducer(sessionId) {
      await of(sessionId)?.closeProducer()
    },
    async setMuted(sessionId, muted) {
      await of(sessionId)?.setMuted(muted)
    },
    play: async what => await playback.carryOut(what),
    prepare: item => playback.prepare(item),
    leave: sessionId => audio.leave(sessionId),
    listen({ speaking, producerLost, overBitrate, songMoved, reset }) {
      audio.on('speaking', speaking)
      audio.on('producerLost', producerLost)
      audio.on('overBitrate', overBitrate)
      audio.song.on('moved', songMoved)
      audio.on('reset', reset)
    },
    close
  }
}
