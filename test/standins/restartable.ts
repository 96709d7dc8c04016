import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { rm } from 'node:fs/promises'
import type { Test } from 'tap'

/** A server process that a test can kill and start again. */
export interface Restartable {
  /** Process id; 0 before the first start. */
  readonly pid: number
  start(): Promise<void>
  /** Kills the process, and returns when it has ended. */
  stop(): Promise<void>
  /** Sends it a signal, without waiting. */
  signal(name: NodeJS.Signals): void
}

export interface RestartableParts {
  spawn: () => ChildProcess
  untilReady: (server: ChildProcess) => Promise<void>
  /** The folder of its files, which is removed when it has ended. */
  folder: string
}

/** Keeps a server that `start` starts. It is killed at the end of the test. */
export function createRestartable(
  t: Pick<Test, 'teardown'>,
  { spawn, untilReady, folder }: RestartableParts
): Restartable {
  let server: ChildProcess | undefined

  async function stop(): Promise<void> {
    if (!server || server.exitCode !== null || server.signalCode !== null) return
    const ended = once(server, 'exit')
    server.kill('SIGKILL')
    await ended
  }

  // A test that crashes runs no teardown.
  const kill = () => server?.kill('SIGKILL')
  process.once('exit', kill)
  t.teardown(async () => {
    process.off('exit', kill)
    await stop()
    await rm(folder, { recursive: true, force: true })
  })
  return {
    get pid() {
      return server?.pid ?? 0
    },
    async start() {
      server = spawn()
      await untilReady(server)
    },
    stop,
    signal(name) {
      server?.kill(name)
    }
  }
}
