import { attempt } from '../command.ts'

/** The worker's own way to say that it was started by hand, without `MEDIASOUP_VERSION`. */
const startedByHandCode = 41

/** Whether this file is a worker that this machine can run, with every library it needs. */
export async function workerRuns(path: string): Promise<boolean> {
  const { code } = await attempt(path, [], { env: {}, timeoutMs: 10_000 })
  return code === startedByHandCode
}
