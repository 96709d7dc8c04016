import { fork } from 'node:child_process'
import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { basename, join, resolve } from 'node:path'
import type { FastifyInstance } from 'fastify'
import { isLoopback } from '../../config/addresses.ts'
import { castNames } from '../demo/cast-names.ts'
import { composeSongs } from '../demo/songs.ts'
import { SetupError } from '../setup-error.ts'

/** Settings that lead to data outside of the folder of the demo. */
const realData = ['MONGODB_URL', 'REDIS_URL', 'STORAGE_URL', 'RECORDS_URL', 'KAFKA_BROKERS']

/** Maximum number of people who get songs in one run: each takes the machine some seconds. */
const maxNewcomers = 50

/** The parts of the server that the demo uses in its process. All else goes through its public API. */
type DemoServer = Pick<FastifyInstance, 'users' | 'songs' | 'log'>

export interface Demo {
  /** Settings of the server. */
  readonly settings: Readonly<Record<string, string>>
  /** Lets the people of the demo in. */
  open(server: DemoServer, url: string, authorityFile?: string): void
}

/**
 * Prepares a server with data of its own, in a folder of the data folder.
 * @throws SetupError when the settings lead to other data, or let other machines in without a choice of the operator
 */
export function prepareDemo(env: NodeJS.ProcessEnv): Demo {
  const inConflict = realData.filter(name => env[name])
  if (inConflict.length > 0) {
    throw new SetupError(`--demo keeps its data apart, in DATA_DIR/demo: unset ${inConflict.join(' and ')}.`)
  }
  if (env.HOST && !isLoopback(env.HOST) && !env.AUTH_DEV_LOGIN) {
    throw new SetupError(
      `--demo lets everybody sign in with a name, and other machines reach HOST=${env.HOST}: ` +
        'unset HOST, use --lan for a local network, or set AUTH_DEV_LOGIN=on.'
    )
  }
  const folder = join(resolve(env.DATA_DIR || './data'), 'demo')
  return {
    settings: {
      DATA_DIR: folder,
      AUTH_DEV_LOGIN: env.AUTH_DEV_LOGIN || 'on',
      AUTH_GUESTS: env.AUTH_GUESTS || 'on'
    },
    open(server, url, authorityFile) {
      const newcomers = createNewcomers(server, folder)
      const people = fork(join(import.meta.dirname, '..', 'demo', 'run.ts'), [url, folder], {
        env: { ...process.env, ...(authorityFile !== undefined && { NODE_EXTRA_CA_CERTS: authorityFile }) },
        stdio: ['ignore', 'inherit', 'inherit', 'ipc']
      })
      // The server ends with connections that it closes; the people of the demo would open new ones.
      for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => people.kill())
      people.on('message', message => {
        if (message === 'live') process.stdout.write('The demo is live: two shows, and songs in a moment.\n')
        if (message === 'songs') newcomers.start()
      })
      people.once('exit', code => {
        if (code) process.stderr.write('The people of the demo have left. The server goes on without them.\n')
      })
    }
  }
}

/** Gives everybody who signs in the songs of the demo, as files of their own, once the server has those of the show. */
function createNewcomers({ users, songs, log }: DemoServer, folder: string) {
  const waiting: string[] = []
  let isReady = false

  async function giveSongs(ownerId: string): Promise<void> {
    for await (const file of composeSongs(join(folder, 'songs'))) {
      const { size: maxBytes } = await stat(file)
      await songs.add({ ownerId, fileName: basename(file), maxBytes }, createReadStream(file))
    }
  }

  function welcome(ownerId: string): void {
    if (!isReady) waiting.push(ownerId)
    else giveSongs(ownerId).catch((error: unknown) => log.warn({ err: error, ownerId }, 'songs of the demo not given'))
  }

  let count = 0
  users.onCreated(({ id, guest, displayName }) => {
    if (guest || castNames.has(displayName) || count >= maxNewcomers) return
    count++
    welcome(id)
  })
  return {
    start() {
      isReady = true
      for (const ownerId of waiting.splice(0)) welcome(ownerId)
    }
  }
}
