import type { Span } from '../../plugins/external/tracing/spans.ts'
import type { RoomAudio } from './room-audio.ts'
import type { SessionAudio } from './session-audio.ts'

/** A room's audio whose every call to the media is a step of what is going on. */
export function tracedRoomAudio(audio: RoomAudio, span: Span): RoomAudio {
  return {
    ...audio,
    admitProducer: async (...args) =>
      await span('media admitProducer', {}, async () => await audio.admitProducer(...args)),
    closeProducer: async sessionId =>
      await span('media closeProducer', {}, async () => await audio.closeProducer(sessionId)),
    setMuted: async (...args) => await span('media setMuted', {}, async () => await audio.setMuted(...args)),
    play: async playback => await span('media play', {}, async () => await audio.play(playback)),
    close: async () => await span('media closeShow', {}, async () => await audio.close())
  }
}

/** The same of a session's part. What is done without waiting for the worker is no step. */
export function tracedSessionAudio(audio: SessionAudio, span: Span): SessionAudio {
  return {
    createTransport: async direction =>
      await span('media createTransport', { direction }, async () => await audio.createTransport(direction)),
    connectTransport: async (...args) =>
      await span('media connectTransport', {}, async () => await audio.connectTransport(...args)),
    restartIce: async transportId =>
      await span('media restartIce', {}, async () => await audio.restartIce(transportId)),
    closeTransport: transportId => audio.closeTransport(transportId),
    produce: async order => await span('media produce', {}, async () => await audio.produce(order)),
    dropProducer: producerId => audio.dropProducer(producerId),
    consume: async order => await span('media consume', {}, async () => await audio.consume(order)),
    resumeConsumer: async consumerId =>
      await span('media resumeConsumer', {}, async () => await audio.resumeConsumer(consumerId)),
    pauseConsumer: async consumerId =>
      await span('media pauseConsumer', {}, async () => await audio.pauseConsumer(consumerId)),
    closeConsumer: consumerId => audio.closeConsumer(consumerId)
  }
}
