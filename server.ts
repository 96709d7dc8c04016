import closeWithGrace from 'close-with-grace'
import Fastify from 'fastify'
import fp from 'fastify-plugin'
import app, { serverOptions } from './app.ts'
import { reachableHost } from './config/addresses.ts'
import { ConfigError, loadConfig, type Config } from './config/config.ts'
import { createRedaction } from './config/redaction.ts'
import { schemeOf } from './plugins/app/http/public-url.ts'
import { explainIndexConflict } from './plugins/external/mongodb.ts'

/**
 * One Ctrl-C arrives twice within this time: from the terminal, and from npm, which forwards it:
 * https://github.com/npm/run-script
 */
const repeatedSignalMs = 500

/** Reads the settings. Exits when they are not valid. */
function readSettings(): Config {
  try {
    return loadConfig()
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    process.stderr.write(`${error.message}\n`)
    process.exit(1)
  }
}

/** Creates the server. Exits when its certificate cannot be used. */
function createServer(config: Config) {
  try {
    return Fastify(serverOptions(config))
  } catch (error) {
    if (config.HTTPS_CERT === undefined) throw error
    process.stderr.write(`HTTPS_CERT or HTTPS_KEY cannot be used: ${explanationOf(error)}\n`)
    process.exit(1)
  }
}

/** Returns the explanation of a failed start for an operator. */
function explanationOf(error: unknown): string {
  return explainIndexConflict(error) ?? (error instanceof Error ? error.message : String(error))
}

/** Shuts down at the first signal, and exits at once at the next. */
function stopOnSignals(stop: () => void): void {
  let firstSignalMs: number | undefined
  function onSignal(signal: NodeJS.Signals): void {
    if (firstSignalMs === undefined) {
      firstSignalMs = performance.now()
      server.log.info({ signal }, 'shutting down')
      stop()
    } else if (performance.now() - firstSignalMs > repeatedSignalMs) {
      server.log.warn({ signal }, 'second signal, exiting at once')
      process.exit(1)
    }
  }
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, onSignal)
}

/** Disconnects the clients. The server is closed even if that fails, because pending data must be written. */
async function drain(): Promise<void> {
  try {
    if (server.hasDecorator('drain')) await server.drain.run()
  } catch (error) {
    server.log.error({ err: error }, 'draining failed')
  }
}

const config = readSettings()
export const server = createServer(config)

const { close } = closeWithGrace(
  {
    delay: config.DRAIN_DEADLINE_MS,
    logger: false,
    skip: ['SIGTERM', 'SIGINT'],
    onTimeout: delay => server.log.error({ deadlineMs: delay }, 'shutdown deadline exceeded, exiting with work pending')
  },
  async ({ err }) => {
    if (err) server.log.fatal({ err }, 'shutting down after an unhandled error')
    else await drain()
    await server.close()
  }
)
stopOnSignals(close)

/** The address at which this machine reaches the server. */
export let url = ''

try {
  // Registered without encapsulation, so that its decorators can be used here.
  await server.register(fp(app), { config })
  await server.listen({ host: config.HOST, port: config.PORT })
  const address = server.server.address()
  if (address !== null && typeof address === 'object') {
    url = `${schemeOf(config)}://${reachableHost(address.address)}:${address.port}`
    process.stdout.write(`Ambient is ready at ${url}\n`)
  }
} catch (error) {
  const isPortInUse = error instanceof Error && 'code' in error && error.code === 'EADDRINUSE'
  process.stderr.write(
    isPortInUse
      ? `Port ${config.PORT} is in use. Start with another one: PORT=3001 npm start\n`
      : `Ambient could not start: ${createRedaction(config)(explanationOf(error))}\n`
  )
  server.log.debug({ err: error }, 'start failed')
  await server.close()
  process.exit(1)
}
