import { setLogEventListeners } from 'mediasoup'

/** What the media needs of pino. */
export interface MediaLogger {
  debug(data: object, message: string): void
  info(data: object, message: string): void
  error(data: object, message: string): void
}

/**
 * What mediasoup itself has to say, at our debug level: most of it is about what clients sent. mediasoup has one
 * listener for a whole process, so the last media that starts gets it. A line for every request it makes is left out.
 */
export function logMediasoup(logger: MediaLogger): void {
  setLogEventListeners({
    onwarn: (namespace, log) => logger.debug({ namespace }, log),
    onerror: (namespace, log, error) => logger.debug({ namespace, err: error }, log)
  })
}
