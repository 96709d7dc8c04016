/*
 * A thread with the embedded store that measures how long each operation holds it: the CPU time of the command and of
 * the commit that ends its transaction. It answers each message with the operations since the last one.
 */
import { createServer } from 'node:net'
import { parentPort, workerData } from 'node:worker_threads'
import { prepareCommand, type PreparedCommand } from '../../../plugins/embedded/commands/dispatch.ts'
import { openDatabase } from '../../../plugins/embedded/store/database.ts'
import { Store } from '../../../plugins/embedded/store/store.ts'
import { serveConnection } from '../../../plugins/embedded/wire/connection.ts'
import { GroupCommit } from '../../../plugins/embedded/wire/group-commit.ts'

/** One operation of the store. */
export interface Operation {
  /** Command and collection. */
  name: string
  /** CPU time of the store's thread, ms. Other processes do not change it. */
  cpuMs: number
  /** Elapsed time, ms. */
  elapsedMs: number
}

/** Data with which the thread starts. */
export interface TimedStoreInput {
  dataDir: string
  socketPath: string
}

const { dataDir, socketPath } = workerData as TimedStoreInput
let operations: Operation[] = []
/** Operations of the transaction that is open. */
let group: Operation[] = []

function measure<Result>(name: string, run: () => Result): { result: Result; operation: Operation } {
  const [startedAt, before] = [performance.now(), process.threadCpuUsage()]
  const result = run()
  const { user, system } = process.threadCpuUsage(before)
  return { result, operation: { name, cpuMs: (user + system) / 1000, elapsedMs: performance.now() - startedAt } }
}

class TimedStore extends Store {
  override begin(): void {
    group = []
    super.begin()
  }

  override commit(): void {
    const { operation } = measure('commit', () => super.commit())
    // Commands that come together share a commit. It counts for the first of them.
    const [first] = group
    if (first) {
      first.cpuMs += operation.cpuMs
      first.elapsedMs += operation.elapsedMs
    }
  }
}

const store = new TimedStore(openDatabase(dataDir))

function failed(error: unknown, command: string): void {
  throw new Error(`${command} failed: ${String(error)}`, { cause: error })
}

function timed(command: PreparedCommand, preparation: Operation): PreparedCommand {
  const { body, name } = command.request
  const target = name === 'getMore' ? body.collection : body[name]
  return {
    ...command,
    run: () => {
      const { result, operation } = measure(`${name} ${String(target)}`, command.run)
      operation.cpuMs += preparation.cpuMs
      operation.elapsedMs += preparation.elapsedMs
      operations.push(operation)
      group.push(operation)
      return result
    }
  }
}

const commits = new GroupCommit(store, failed)
createServer(socket =>
  serveConnection(socket, (message, reply, connection) => {
    const { result, operation } = measure('prepare', () => prepareCommand(store, message, failed))
    commits.add({ connection, command: timed(result, operation), reply })
  })
).listen(socketPath, () => parentPort?.postMessage([]))

parentPort?.on('message', () => {
  parentPort?.postMessage(operations)
  operations = []
})
