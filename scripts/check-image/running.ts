import { spawn, type ChildProcess } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { chown, mkdir, readFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { createInterface } from 'node:readline'

import { attempt } from '../command.ts'
import type { Image } from './build.ts'
import { containerCommand, type ContainerOptions } from './container.ts'
import type { Layers } from './layers.ts'
import { checkSong } from './song.ts'

const readyTimeoutMs = 60_000
/** The server's own deadline is 30 s. An idle server stops at once. */
const stopTimeoutMs = 30_000

/**
 * Runs the image as an orchestrator does (its user, read-only root, no capabilities) and sends requests to it: once
 * with production settings, once with sign-in by name, to upload a song.
 * @throws Error when the server does not behave as expected
 */
export async function checkRunning(image: Image, layers: Layers, lent: string, work: string): Promise<void> {
  if (!/^[1-9]\d*:[1-9]\d*$/.test(image.user)) {
    throw new Error(`The image runs as ${image.user}: it must be a numeric UID:GID other than root's.`)
  }
  const key = () => `first:${randomBytes(32).toString('hex')}`

  await withServer(
    image,
    layers,
    lent,
    join(work, 'data-production'),
    { JWT_KEYS: key(), TOKEN_KEYS: key() },
    async (url, alongside) => {
      await expectAnswer(`${url}/readyz`, 200, 'application/json')
      await expectAnswer(`${url}/`, 200, 'text/html')
      const { code, lines } = await alongside(image.healthcheck)
      if (code !== 0) {
        throw new Error(`The health check of a running server ended with ${code}: ${lines.join('\n')}`)
      }
    }
  )

  await withServer(
    image,
    layers,
    lent,
    join(work, 'data-songs'),
    { NODE_ENV: 'development', AUTH_DEV_LOGIN: 'on' },
    async (url, alongside) => {
      await checkSong(url)
      const { code } = await alongside(['env', `PORT=${await freePort()}`, ...image.healthcheck])
      if (code === 0) throw new Error('The health check passes without a server.')
    }
  )
}

type Alongside = (command: readonly string[]) => ReturnType<typeof attempt>

/**
 * Starts the server, calls `use`, and stops the server as an orchestrator does. `use` can run further commands in the
 * image with the same settings.
 */
async function withServer(
  image: Image,
  layers: Layers,
  lent: string,
  data: string,
  settings: Record<string, string>,
  use: (url: string, alongside: Alongside) => Promise<void>
): Promise<void> {
  await mkdir(data)
  await chown(data, ...owner(image.user))
  const env = {
    ...image.env,
    HOST: '127.0.0.1',
    PORT: String(await freePort()),
    MEDIA_LISTEN_IP: '127.0.0.1',
    MEDIA_PORT: '0',
    MEDIA_WORKERS: '1',
    ...settings
  }
  const [at = '/data'] = image.volumes
  const options = (folder: string): ContainerOptions => ({
    layers: image.layers,
    folder,
    lent,
    env,
    workdir: image.workdir,
    user: image.user,
    data: { folder: data, at }
  })
  const alongside: Alongside = async command =>
    layers.withFolder(async folder => {
      const container = await containerCommand(command, options(folder))
      return attempt(container.command, container.args, { env: container.env, timeoutMs: readyTimeoutMs })
    })

  await layers.withFolder(async folder => {
    const container = await containerCommand([...image.entrypoint, ...image.command], options(folder))
    const server = spawn(container.command, container.args, { env: container.env, stdio: ['ignore', 'pipe', 'pipe'] })
    const errorLines: string[] = []
    createInterface({ input: server.stderr }).on('line', line => errorLines.push(line))
    try {
      await use(await readyUrl(server), alongside)
      await stop(server)
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error)
      throw new Error(`${message}\nLast lines of the server:\n${errorLines.slice(-20).join('\n')}`, { cause: error })
    } finally {
      // Also kills the first process of the name space, and with it all others.
      server.kill('SIGKILL')
    }
  })
}

function owner(user: string): [number, number] {
  const [uid = NaN, gid = NaN] = user.split(':').map(Number)
  return [uid, gid]
}

async function readyUrl(server: ChildProcess): Promise<string> {
  const timer = setTimeout(() => server.kill('SIGKILL'), readyTimeoutMs)
  try {
    if (server.stdout !== null) {
      for await (const line of createInterface({ input: server.stdout })) {
        const url = /^Ambient is ready at (http:\S+)$/.exec(line)?.[1]
        if (url !== undefined) return url
      }
    }
  } finally {
    clearTimeout(timer)
  }
  throw new Error(`The server ended before it was ready, or was not ready within ${readyTimeoutMs / 1000} s.`)
}

/** Sends SIGTERM to the first process of the container, as an engine does. The server must exit with code 0. */
async function stop(server: ChildProcess): Promise<void> {
  const [first] = (await readFile(`/proc/${server.pid}/task/${server.pid}/children`, 'utf8'))
    .trim()
    .split(' ')
    .map(Number)
  if (!first) throw new Error('The server ended before SIGTERM.')
  const exited = once(server, 'exit')
  const timer = setTimeout(() => server.kill('SIGKILL'), stopTimeoutMs)
  process.kill(first, 'SIGTERM')
  const [code, signal] = await exited
  clearTimeout(timer)
  if (code !== 0) {
    throw new Error(
      `After SIGTERM, the server ended with ${signal ?? code} instead of 0 within ${stopTimeoutMs / 1000} s.`
    )
  }
}

async function expectAnswer(url: string, status: number, type: string): Promise<void> {
  const response = await fetch(url)
  const text = await response.text()
  if (response.status !== status || !response.headers.get('content-type')?.startsWith(type)) {
    const found = `${response.status} ${response.headers.get('content-type')}`
    throw new Error(`${url} answered ${found}, not ${status} ${type}: ${text.slice(0, 300)}`)
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  return address !== null && typeof address === 'object' ? address.port : 0
}
