import { Worker } from 'node:worker_threads'
import {
  errorFromPlain,
  type NumberedRequest,
  type ProducerAnswer,
  type ProducerInput,
  type ProducerNotice,
  type ProducerRequest
} from './producer-messages.ts'

export interface ProducerThread {
  /** Whether it has loaded the client. It keeps requests until then. */
  isReady(): boolean
  /** Rejects with the error of the client, or when the thread ends. */
  request(request: ProducerRequest): Promise<void>
  /** Ends the thread. Its requests reject with this reason. */
  end(reason: Error): void
}

interface ThreadParts {
  workerFile: URL
  input: ProducerInput
  /** Called when the thread ends by itself. */
  onFailed(error: Error): void
}

/** Starts a thread with a client of Kafka. */
export function startProducerThread({ workerFile, input, onFailed }: ThreadParts): ProducerThread {
  const pending = new Map<number, PromiseWithResolvers<void>>()
  let lastId = 0
  let isReady = false
  let isEnded = false
  const worker = new Worker(workerFile, {
    workerData: input,
    name: 'kafka',
    // The thread does not need the modules that this process was started with (`--import`).
    execArgv: []
  })

  function rejectPending(reason: Error): void {
    isEnded = true
    for (const { reject } of pending.values()) reject(reason)
    pending.clear()
  }

  function fail(message: string, options?: ErrorOptions): void {
    if (isEnded) return
    const error = new Error(message, options)
    onFailed(error)
    rejectPending(error)
  }

  worker.on('message', (message: ProducerNotice | ProducerAnswer) => {
    if (message === 'ready') {
      isReady = true
      return
    }
    const { id, error } = message
    if (error) pending.get(id)?.reject(errorFromPlain(error))
    else pending.get(id)?.resolve()
    pending.delete(id)
  })
  worker.on('error', (cause: unknown) => fail('the thread of the Kafka client failed', { cause }))
  worker.on('exit', code => fail(`the thread of the Kafka client ended with code ${code}`))

  return {
    isReady: () => isReady,
    async request(request) {
      const id = ++lastId
      const settled = Promise.withResolvers<void>()
      pending.set(id, settled)
      worker.postMessage({ id, request } satisfies NumberedRequest)
      await settled.promise
    },
    end(reason) {
      rejectPending(reason)
      worker.terminate().catch(() => {})
    }
  }
}
