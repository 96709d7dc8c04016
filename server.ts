import closeWithGrace from 'close-with-grace'
import Fastify from 'fastify'
import type { AddressInfo } from 'node:net'
import app, { serverOptions } from './app.ts'
import { ConfigError, loadConfig, type Config } from './config.ts'
import { explainIndexConflict } from './plugins/external/mongodb.ts'

/** Reads the settings; without good ones there is nothing to start. */
function settings (): Config {
  try {
    return loadConfig()
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    process.stderr.write(`${error.message}\n`)
    process.exit(1)
  }
}

function hostOf ({ address, family }: AddressInfo): string {
  return family === 'IPv6' ? `[${address}]` : address
}

const config = settings()
const server = Fastify(serverOptions(config))

closeWithGrace({ delay: config.DRAIN_DEADLINE_MS, logger: false }, async ({ err }) => {
  if (err) server.log.fatal({ err }, 'the server stops after an error nobody handled')
  if (server.hasDecorator('readiness')) server.readiness.drain()
  await server.close()
})

try {
  await server.register(app, { config })
  await server.listen({ host: config.HOST, port: config.PORT })
  const address = server.server.address()
  if (address !== null && typeof address === 'object') process.stdout.write(`Ambient is ready at http://${hostOf(address)}:${address.port}\n`)
} catch (error) {
  const taken = error instanceof Error && 'code' in error && error.code === 'EADDRINUSE'
  process.stderr.write(taken ? `Port ${config.PORT} is taken. Start with another: PORT=3001 npm start\n` : `Ambient could not start: ${explainIndexConflict(error) ?? (error instanceof Error ? error.message : String(error))}\n`)
  server.log.debug({ err: error }, 'start failed')
  await server.close()
  process.exit(1)
}
