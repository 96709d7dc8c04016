/*
 * npm start [-- FLAGS]
 *
 * Installs what the server needs and runs it in this process.
 */
import { installRequirements } from './requirements.ts'
import { SetupError } from './setup-error.ts'
import { FlagError, helpText, parseFlags, type StartFlags } from './start/flags.ts'
import type { Lan } from './start/lan/lan.ts'

/**
 * Prepares what the flags ask for.
 * @throws SetupError in production, which knows no such flags
 */
async function prepare({ isLan, lanAddress }: StartFlags): Promise<{ lan?: Lan }> {
  if (!isLan) return {}
  if (process.env.NODE_ENV === 'production') {
    throw new SetupError('--lan is refused in production: everybody in the network could sign in as anybody.')
  }
  const { prepareLan } = await import('./start/lan/lan.ts')
  const lan = await prepareLan(process.env, lanAddress)
  Object.assign(process.env, lan.settings)
  return { lan }
}

/** Prints why the server does not start, and exits. */
function giveUp(error: unknown): never {
  if (error instanceof FlagError) {
    process.stderr.write(error.message)
    process.exit(2)
  }
  console.error(error instanceof SetupError ? `\n${error.message}\n` : error)
  process.exit(1)
}

try {
  const flags = parseFlags(process.argv.slice(2))
  if (flags.isHelp) {
    process.stdout.write(helpText)
    process.exit()
  }
  const { lan } = await prepare(flags)
  await installRequirements('start')
  // Loaded only now: the server reads its settings when it is imported.
  const { url } = await import('../server.ts')
  await lan?.open(url)
} catch (error) {
  giveUp(error)
}
