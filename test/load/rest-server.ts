/*
 * node test/load/rest-server.ts bare|memory|store
 *
 * Runs one of the servers that `npm run bench:rest` compares, in a process of its own: Fastify with only the same two
 * routes and schemas; Ambient with services that answer from memory; Ambient with its store. Prints one line of JSON
 * with its URL, an access token and a show.
 */
import { mkdtemp, rm } from 'node:fs/promises'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Fastify, { type FastifyInstance } from 'fastify'
import fp from 'fastify-plugin'
import app, { serverOptions } from '../../app.ts'
import { loadConfig } from '../../config/config.ts'
import { Exactly, Id } from '../../contract/primitives.ts'
import { defaultSettings } from '../../contract/settings.ts'
import { Show } from '../../contract/shows.ts'
import { User } from '../../contract/users.ts'

/** A request of the load generator. */
export interface Subject {
  url: string
  token: string
  showId: string
}

const unlimited = '1000000000'
const now = new Date().toISOString()
const user: User = {
  id: 'a-user',
  displayName: 'A user',
  avatarUrl: null,
  bio: '',
  links: [],
  spotify: null,
  guest: false,
  createdAt: now
}
const show: Show = {
  id: 'a-show',
  creator: { id: user.id, displayName: user.displayName, avatarUrl: null },
  title: 'A show',
  description: '',
  tags: [],
  status: 'scheduled',
  visibility: 'public',
  settings: defaultSettings,
  startsAt: null,
  startedAt: null,
  endedAt: null,
  endReason: null,
  listenerCount: 0,
  peakListeners: 0,
  totalListeners: 0,
  version: 1,
  createdAt: now,
  updatedAt: now
}

/** Starts a bare Fastify with the same answers and schemas, to measure what the framework costs. */
async function startBare(): Promise<Subject> {
  const server = Fastify()
  server.get('/v1/users/me', { schema: { response: { 200: User } } }, async () => user)
  server.get(
    '/v1/shows/:showId',
    { schema: { params: Exactly({ showId: Id }), response: { 200: Show } } },
    async () => show
  )
  await server.listen({ host: '127.0.0.1', port: 0 })
  return { url: addressOf(server), token: 'none', showId: show.id }
}

async function startAmbient(fromMemory: boolean): Promise<Subject> {
  const DATA_DIR = await mkdtemp(join(tmpdir(), 'ambient-bench-'))
  const config = loadConfig({
    PORT: '0',
    MEDIA_PORT: '0',
    MEDIA_WORKERS: '1',
    DATA_DIR,
    LOG_LEVEL: 'error',
    LIMIT_AUTH_PER_MINUTE: unlimited,
    LIMIT_REST_PER_MINUTE: unlimited,
    LIMIT_EDITS_PER_MINUTE: unlimited
  })
  const server = Fastify(serverOptions(config))
  await server.register(fp(app), { config })
  server.addHook('onClose', async () => await rm(DATA_DIR, { recursive: true, force: true }))
  await server.listen({ host: '127.0.0.1', port: 0 })
  const creator = await server.users.create({ displayName: user.displayName })
  const { accessToken } = server.tokens.issue(creator, await server.sessions.open(creator.id, 'bench'))
  const stored = await server.shows.create(creator.id, { title: show.title })
  if (fromMemory) {
    server.users.find = async () => user
    server.shows.get = async () => show
  }
  process.once('SIGTERM', () => {
    server.close().then(
      () => process.exit(0),
      () => process.exit(1)
    )
  })
  return { url: addressOf(server), token: accessToken, showId: stored.id }
}

function addressOf(server: FastifyInstance): string {
  const { port } = server.server.address() as AddressInfo
  return `http://127.0.0.1:${port}`
}

const kind = process.argv[2]
console.log(JSON.stringify(kind === 'bare' ? await startBare() : await startAmbient(kind === 'memory')))
