import type { Span } from '../../plugins/external/tracing/spans.ts'
import type { PresenceAudio } from './presence-audio.ts'
import type { RoomAudio } from './room-audio.ts'

/** A room's audio that records a span for every call that waits for the media worker or the store. */
export function tracedRoomAudio(audio: RoomAudio, span: Span): RoomAudio {
  return {
    ...audio,
    admitProducer: async (...args) =>
      await span('media admitProducer', {}, async () => await audio.admitProducer(...args)),
    closeProducer: async presenceId =>
      await span('media closeProducer', {}, async () => await audio.closeProducer(presenceId)),
    setMuted: async (...args) => await span('media setMuted', {}, async () => await audio.setMuted(...args)),
    open: async playback => await span('media open', {}, async () => await audio.open(playback)),
    play: async (...args) => await span('media play', {}, async () => await audio.play(...args)),
    close: async () => await span('media closeShow', {}, async () => await audio.close())
  }
}

/** A presence's audio that records a span for every call that waits for the media worker. */
export function tracedPresenceAudio(audio: PresenceAudio, span: Span): PresenceAudio {
  return {
    createTransport: async direction =>
      await span('media createTransport', { direction }, async () => await audio.createTransport(direction)),
    connectTransport: async (...args) =>
      await span('media connectTransport', {}, async () => await audio.connectTransport(...args)),
    restartIce: async transportId =>
      await span('media restartIce', {}, async () => await audio.restartIce(transportId)),
    hasTransport: transportId => audio.hasTransport(transportId),
    closeTransport: transportId => audio.closeTransport(transportId),
    produce: async order => await span('media produce', {}, async () => await audio.produce(order)),
    isSilent: producerId => audio.isSilent(producerId),
    dropProducer: producerId => audio.dropProducer(producerId),
    consume: async order => await span('media consume', {}, async () => await audio.consume(order)),
    resumeConsumer: async consumerId =>
      await span('media resumeConsumer', {}, async () => await audio.resumeConsumer(consumerId)),
    pauseConsumer: async consumerId =>
      await span('media pauseConsumer', {}, async () => await audio.pauseConsumer(consumerId)),
    closeConsumer: consumerId => audio.closeConsumer(consumerId)
  }
}
