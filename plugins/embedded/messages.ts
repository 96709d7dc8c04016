import type { MessagePort } from 'node:worker_threads'

/** The input with which the store's thread is started. */
export interface WorkerInput {
  dataDir: string
  socketPath: string
  /** The port on which the thread answers direct reads. */
  reads: MessagePort
}

/**
 * A message of the thread: it listens, it cannot open the store, or a command failed because of a bug in the store. The
 * thread closes the store when it receives any message.
 */
export type WorkerMessage =
  | { type: 'ready' }
  | { type: 'cannot-open'; message: string }
  | { type: 'internal-error'; command: string; message: string }
