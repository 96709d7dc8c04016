import type { MessagePort } from 'node:worker_threads'
import { noDocument, readFailed, type ReadAnswer } from './messages.ts'

/** Time after which the reads without an answer fail. */
const answerTimeoutMs = 5000

interface WaitingRead {
  resolve: (document: Uint8Array | null) => void
  reject: (error: Error) => void
}

/** The thread of the store did not answer a direct read. The same read as a command tells the reason. */
export class DirectReadError extends Error {
  override name = 'DirectReadError'

  constructor() {
    super('the embedded store did not answer a direct read')
  }
}

/**
 * Reads documents by _id through a port to the thread of the store. The reads of one turn of the event loop are one
 * message.
 */
export class DirectReader {
  readonly #port: MessagePort
  readonly #timer: NodeJS.Timeout
  #unsent: string[] = []
  /** In the order in which they are answered. */
  readonly #waiting: WaitingRead[] = []
  #isClosed = false

  constructor(port: MessagePort, timeoutMs = answerTimeoutMs) {
    this.#port = port
    this.#timer = setTimeout(() => this.#failAll(), timeoutMs).unref()
    port.on('message', (answer: ReadAnswer) => this.#take(answer))
    port.once('close', () => this.close())
    // The thread keeps the process running, not each port to it.
    port.unref()
  }

  /** Returns the BSON of the document with this text as its _id, or null. Throws DirectReadError. */
  read(namespace: string, id: string): Promise<Uint8Array | null> {
    return new Promise((resolve, reject) => {
      if (this.#isClosed) {
        reject(new DirectReadError())
        return
      }
      if (this.#unsent.length === 0) setImmediate(() => this.#send())
      if (this.#waiting.length === 0) this.#timer.refresh()
      this.#unsent.push(namespace, id)
      this.#waiting.push({ resolve, reject })
    })
  }

  close(): void {
    this.#isClosed = true
    clearTimeout(this.#timer)
    this.#failAll()
    this.#port.close()
  }

  #send(): void {
    const reads = this.#unsent
    this.#unsent = []
    if (!this.#isClosed) this.#port.postMessage(reads)
  }

  #take({ lengths, bytes }: ReadAnswer): void {
    this.#timer.refresh()
    let at = 0
    for (const [n, { resolve, reject }] of this.#waiting.splice(0, lengths.length).entries()) {
      const length = lengths[n] ?? readFailed
      if (length === readFailed) reject(new DirectReadError())
      else if (length === noDocument) resolve(null)
      else {
        resolve(bytes.subarray(at, at + length))
        at += length
      }
    }
  }

  /** Rejects the reads that wait. They keep their place, because their answers may come after all. */
  #failAll(): void {
    for (const { reject } of this.#waiting) reject(new DirectReadError())
  }
}
