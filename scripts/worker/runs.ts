import { attempt } from '../command.ts'

/** The exit code of a worker that was started without `MEDIASOUP_VERSION`. */
const startedDirectlyCode = 41

/** Returns whether a file is a worker that runs on this machine, with all its libraries. */
export async function workerRuns(path: string): Promise<boolean> {
  const { code } = await attempt(path, [], { env: {}, timeoutMs: 10_000 })
  return code === startedDirectlyCode
}
