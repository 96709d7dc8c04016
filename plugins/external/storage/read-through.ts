import { Readable } from 'node:stream'

/**
 * Returns the chunks that a generator makes from a source, as a stream. Destroying the stream destroys the source at
 * once; Readable.from would wait until the source has answered the pending read.
 */
export function readThrough(source: Readable, chunks: AsyncIterator<Uint8Array, unknown>): Readable {
  async function next(): Promise<Uint8Array | null> {
    for (;;) {
      const step = await chunks.next()
      if (step.done === true) return null
      // A stream does not ask for more after an empty chunk.
      if (step.value.byteLength > 0) return step.value
    }
  }

  const stream = new Readable({
    read: () => {
      next().then(
        chunk => {
          if (!stream.destroyed) stream.push(chunk)
        },
        (error: Error) => stream.destroy(error)
      )
    },
    destroy(error, callback) {
      source.destroy()
      callback(error)
    }
  })
  return stream
}
