import { createFrameSplitter, isOggHead, type StreamFormat } from './frame-splitter.ts'

/** The receiver of a listener's bytes. */
export interface ByteSink {
  write(bytes: Buffer): void
  /** Bytes that wait for the listener. */
  readonly waitingBytes: number
  /** Ends the stream: there is no more. */
  end(): void
  /** Cuts off a listener that does not read. */
  drop(): void
}

/** A stream without an end. Its listeners join it at a frame. */
export interface ByteStream {
  push(bytes: Buffer): void
  /** Begins anew, with another run of the encoder. Listeners stay. */
  restart(): void
  /** Adds a listener, who gets the last moments at once for a quick start. Returns a function that removes it. */
  add(sink: ByteSink): () => void
  readonly size: number
  /** Ends all listeners. */
  close(): void
}

/** Frames are sent together this often: a write costs far more than its bytes. */
const batchMs = 400
/** Number of batches that a new listener gets at once. */
const burstBatches = 4
/** A listener that reads more slowly than this allows is cut off. */
export const maxWaitingBytes = 256 * 1024

export function createByteStream(format: StreamFormat, onDropped: () => void): ByteStream {
  const sinks = new Set<ByteSink>()
  let split = createFrameSplitter(format)
  let head: Buffer[] = []
  let frames: Buffer[] = []
  let burst: Buffer[] = []
  const timer = setInterval(flush, batchMs).unref()

  function flush(): void {
    if (frames.length === 0) return
    const batch = Buffer.concat(frames)
    frames = []
    burst = [...burst, batch].slice(-burstBatches)
    for (const sink of sinks) {
      if (sink.waitingBytes + batch.length <= maxWaitingBytes) sink.write(batch)
      else drop(sink)
    }
  }

  function drop(sink: ByteSink): void {
    sinks.delete(sink)
    sink.drop()
    onDropped()
  }

  return {
    push(bytes) {
      const whole = split(bytes)
      frames.push(...whole)
      if (format === 'opus') head.push(...whole.filter(isOggHead))
    },
    restart() {
      flush()
      split = createFrameSplitter(format)
      head = []
      burst = []
    },
    add(sink) {
      // The head of a run that has just begun is in the burst, or comes with the first batch.
      const [first] = burst
      const needsHead = head.length > 0 && first !== undefined && !isOggHead(first)
      const start = Buffer.concat(needsHead ? [...head, ...burst] : burst)
      if (start.length > 0) sink.write(start)
      sinks.add(sink)
      return () => sinks.delete(sink)
    },
    get size() {
      return sinks.size
    },
    close() {
      clearInterval(timer)
      for (const sink of sinks) sink.end()
      sinks.clear()
    }
  }
}
