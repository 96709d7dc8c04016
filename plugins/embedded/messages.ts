/** What the thread is given. */
export interface WorkerInput {
  dataDir: string
  socketPath: string
}

/** What the thread tells: that it listens, why it can't, or that a command met an error of ours. Any message to it asks it to close. */
export type FromWorker =
  { type: 'ready' } | { type: 'refused'; message: string } | { type: 'bug'; command: string; message: string }
