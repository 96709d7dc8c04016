import closeWithGrace from 'close-with-grace'
import Fastify from 'fastify'
import fp from 'fastify-plugin'
import type { AddressInfo } from 'node:net'
import app, { serverOptions } from './app.ts'
import { ConfigError, loadConfig, type Config } from './config/config.ts'
import { explainIndexConflict } from './plugins/external/mongodb.ts'

/** One Ctrl-C comes twice, from the terminal and from npm, which passes it on: https://github.com/npm/run-script */
const sameSignalMs = 500

/** Reads the settings; without good ones there is nothing to start. */
function settings(): Config {
  try {
    return loadConfig()
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    process.stderr.write(`${error.message}\n`)
    process.exit(1)
  }
}

function hostOf({ address, family }: AddressInfo): string {
  return family === 'IPv6' ? `[${address}]` : address
}

/** Stops in order at the first signal, and at once when somebody asks again. */
function stopOnSignals(stop: () => void): void {
  let firstMs: number | undefined
  function onSignal(signal: NodeJS.Signals): void {
    if (firstMs === undefined) {
      firstMs = performance.now()
      server.log.info({ signal }, 'the server stops')
      stop()
    } else if (performance.now() - firstMs > sameSignalMs) {
      server.log.warn({ signal }, 'told to stop again: the server ends at once')
      process.exit(1)
    }
  }
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, onSignal)
}

/** Where that fails the server is closed all the same: what is open must be written. */
async function sendEverybodyAway(): Promise<void> {
  try {
    if (server.hasDecorator('drain')) await server.drain.run()
  } catch (error) {
    server.log.error({ err: error }, 'not everybody could be sent away before the server stops')
  }
}

const config = settings()
const server = Fastify(serverOptions(config))

const { close } = closeWithGrace(
  {
    delay: config.DRAIN_DEADLINE_MS,
    logger: false,
    skip: ['SIGTERM', 'SIGINT'],
    onTimeout: delay =>
      server.log.error({ deadlineMs: delay }, 'the server could not stop in time: it ends with something unfinished')
  },
  async ({ err }) => {
    if (err) server.log.fatal({ err }, 'the server stops after an error nobody handled')
    else await sendEverybodyAway()
    await server.close()
  }
)
stopOnSignals(close)

try {
  // Without a context of its own, so that what it holds can be asked to stop.
  await server.register(fp(app), { config })
  await server.listen({ host: config.HOST, port: config.PORT })
  const address = server.server.address()
  if (address !== null && typeof address === 'object') {
    process.stdout.write(`Ambient is ready at http://${hostOf(address)}:${address.port}\n`)
  }
} catch (error) {
  const taken = error instanceof Error && 'code' in error && error.code === 'EADDRINUSE'
  process.stderr.write(
    taken
      ? `Port ${config.PORT} is taken. Start with another: PORT=3001 npm start\n`
      : `Ambient could not start: ${explainIndexConflict(error) ?? (error instanceof Error ? error.message : String(error))}\n`
  )
  server.log.debug({ err: error }, 'start failed')
  await server.close()
  process.exit(1)
}
