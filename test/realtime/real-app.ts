import { mkdtemp, rm } from 'node:fs/promises'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Fastify, { type FastifyInstance } from 'fastify'
import fp from 'fastify-plugin'
import { io, type Socket } from 'socket.io-client'
import type { Test } from 'tap'
import app, { serverOptions } from '../../app.ts'
import { loadConfig } from '../../config/config.ts'
import { assertTookOverNothing, isThroughEdge, startEdgeParts } from '../edge/edge-parts.ts'
import { storeSettings } from '../store-settings.ts'

export { until } from '../until.ts'

/** The real application in this process, with its real store and media worker. A test can read its state. */
export interface RealApp {
  app: FastifyInstance
  /** The node that serves the sockets: `app`, or through an edge the edge. */
  socketApp: FastifyInstance
  url: string
}

/**
 * Starts the application on a free port, until the end of the test. Settings are environment variables. Through an
 * edge, `app` is the home.
 */
export async function startApp(t: Test, settings: Record<string, string> = {}): Promise<RealApp> {
  const ownDir = await mkdtemp(join(tmpdir(), 'ambient-realtime-'))
  const dataDir = settings.DATA_DIR ?? ownDir
  t.teardown(async () => await rm(ownDir, { recursive: true, force: true }))
  if (!isThroughEdge || settings.REDIS_URL !== undefined) {
    const { app, url } = await startNode({ DATA_DIR: dataDir, ...storeSettings(dataDir), ...settings })
    t.teardown(async () => await app.close())
    return { app, socketApp: app, url }
  }
  const parts = await startEdgeParts(dataDir, settings)
  const home = await startNode(parts.settingsOf('home'), {
    async beforeClose() {
      await assertTookOverNothing(edge.url)
      await edge.app.close()
    },
    afterClose: async () => await parts.close()
  })
  t.teardown(async () => await home.app.close())
  const edge = await startNode(parts.settingsOf('edge'))
  parts.proxy.aim({ sockets: edge.url, requests: home.url })
  return { app: home.app, socketApp: edge.app, url: parts.url }
}

interface NodeHooks {
  beforeClose?: () => Promise<void>
  afterClose?: () => Promise<void>
}

async function startNode(
  settings: Record<string, string>,
  { beforeClose = async () => {}, afterClose = async () => {} }: NodeHooks = {}
): Promise<Pick<RealApp, 'app' | 'url'>> {
  const config = loadConfig({
    PORT: '0',
    MEDIA_PORT: '0',
    MEDIA_WORKERS: '1',
    LOG_LEVEL: 'silent',
    LIMIT_AUTH_PER_MINUTE: '100000',
    LIMIT_REST_PER_MINUTE: '100000',
    LIMIT_EDITS_PER_MINUTE: '100000',
    ...settings
  })
  const server = Fastify(serverOptions(config))
  server.addHook('preClose', async () => await beforeClose())
  // The hooks of the application run before the one that was added first.
  server.addHook('onClose', async () => await afterClose())
  try {
    // The plugin has no context of its own, so that the test can use its decorators.
    await server.register(fp(app), { config })
    await server.listen({ host: config.HOST, port: config.PORT })
  } catch (error) {
    // A part of it runs already.
    await server.close()
    throw error
  }
  const { port } = server.server.address() as AddressInfo
  return { app: server, url: `http://127.0.0.1:${port}` }
}

/** Tries to connect a socket. Returns it with the refusal of the server, or null. */
export async function tryHandshake(
  url: string,
  auth: object
): Promise<{ socket: Socket; refusal: { code: string; message: string; retryAfterMs?: number } | null }> {
  const socket = io(url, { transports: ['websocket'], auth, reconnection: false, forceNew: true })
  return await new Promise((resolve, reject) => {
    socket.once('connect', () => resolve({ socket, refusal: null }))
    socket.once('connect_error', (error: Error & { data?: { code: string; message: string } }) => {
      if (error.data) resolve({ socket, refusal: error.data })
      else reject(error)
    })
  })
}

/** Sends packets unchanged, without the client's encoder. */
export function sendRaw(socket: Pick<Socket, 'io'>, ...packets: (string | Buffer)[]): void {
  for (const packet of packets) socket.io.engine.send(packet)
}

/** Resolves when the server has closed the socket. */
export async function waitForClose(socket: Pick<Socket, 'io'>): Promise<void> {
  await new Promise<void>(resolve => {
    socket.io.engine.once('close', () => resolve())
  })
}
