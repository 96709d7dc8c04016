import fp from 'fastify-plugin'
import { createMedia, type Media } from '../../media/media.ts'

declare module 'fastify' {
  interface FastifyInstance {
    media: Media
  }
}

/** The media workers, configured by the settings. */
export default fp(
  async app => {
    const { config } = app
    const media = await createMedia({
      workers: config.MEDIA_WORKERS,
      workerBin: config.MEDIASOUP_WORKER_BIN,
      listenIp: config.MEDIA_LISTEN_IP,
      ...(config.MEDIA_ANNOUNCED_ADDRESS && { announcedAddress: config.MEDIA_ANNOUNCED_ADDRESS }),
      port: config.MEDIA_PORT,
      listenersPerWorker: config.MEDIA_LISTENERS_PER_WORKER,
      maxBitrateBps: config.LIMIT_AUDIO_BPS,
      maxPacketsPerSecond: config.LIMIT_AUDIO_PACKETS_PER_SECOND,
      songFrameMs: Number(config.SONG_FRAME_MS),
      voiceFrameMs: Number(config.VOICE_FRAME_MS),
      ...(config.CLUSTER_ADDRESS && { linkAddress: config.CLUSTER_ADDRESS }),
      linkPorts: config.MEDIA_PIPE_PORTS,
      logger: app.log.child({ part: 'media' })
    })
    app.decorate('media', media)
    app.addHook('onClose', async () => media.close())
  },
  { name: 'media' }
)
