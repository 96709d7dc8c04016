import { setLogEventListeners } from 'mediasoup'

/** The part of a pino logger that the media uses. */
export interface MediaLogger {
  debug(data: object, message: string): void
  info(data: object, message: string): void
  error(data: object, message: string): void
}

/**
 * Writes mediasoup's own warnings and errors at our debug level: most of them are about what clients sent. mediasoup
 * has one listener for the whole process, so the media that starts last receives them. Its line for every request is
 * left out.
 */
export function logMediasoup(logger: MediaLogger): void {
  setLogEventListeners({
    onwarn: (namespace, log) => logger.debug({ namespace }, log),
    onerror: (namespace, log, error) => logger.debug({ namespace, err: error }, log)
  })
}
