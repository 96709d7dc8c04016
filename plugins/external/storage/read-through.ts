import { Readable } from 'node:stream'

/**
 * What a generator makes of a source, as a stream. Destroying it destroys the source at once; Readable.from would wait until the source
 * has given what it was asked for, or has not.
 */
export function readThrough(source: Readable, pieces: AsyncIterator<Uint8Array, unknown>): Readable {
  async function next(): Promise<Uint8Array | null> {
    for (;;) {
      const step = await pieces.next()
      if (step.done === true) return null
      // A stream takes a piece without bytes for no piece, and would ask no more.
      if (step.value.byteLength > 0) return step.value
    }
  }

  const stream = new Readable({
    read: () => {
      next().then(
        piece => {
          if (!stream.destroyed) stream.push(piece)
        },
        (error: Error) => stream.destroy(error)
      )
    },
    destroy(error, done) {
      source.destroy()
      done(error)
    }
  })
  return stream
}
