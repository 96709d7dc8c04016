/*
 * npm start [-- FLAGS]
 *
 * Installs what the server needs and runs it in this process.
 */
import { installRequirements } from './requirements.ts'
import { SetupError } from './setup-error.ts'
import { FlagError, helpText, parseFlags, type StartFlags } from './start/flags.ts'
import type { Demo } from './start/demo.ts'
import type { Lan } from './start/lan/lan.ts'

/** The parts beside the server that the flags ask for. */
interface Extras {
  lan?: Lan
  demo?: Demo
}

/**
 * Prepares what the flags ask for, and sets the settings of the server.
 * @throws SetupError in production, which knows no such flags
 */
async function prepare({ isLan, lanAddress, isDemo }: StartFlags): Promise<Extras> {
  const refused = [...(isLan ? ['--lan'] : []), ...(isDemo ? ['--demo'] : [])]
  if (refused.length > 0 && process.env.NODE_ENV === 'production') {
    const are = refused.length > 1 ? 'are' : 'is'
    throw new SetupError(`${refused.join(' and ')} ${are} refused in production: everybody could sign in as anybody.`)
  }
  const extras: Extras = {}
  // Their modules are loaded on demand: they use development packages, which a deployment may not have.
  if (isLan) extras.lan = await (await import('./start/lan/lan.ts')).prepareLan(process.env, lanAddress)
  if (isDemo) extras.demo = (await import('./start/demo.ts')).prepareDemo(process.env)
  Object.assign(process.env, extras.lan?.settings, extras.demo?.settings)
  return extras
}

/** Prints why the server does not start, and exits. */
function giveUp(error: unknown): never {
  if (error instanceof FlagError) {
    process.stderr.write(error.message)
    process.exit(2)
  }
  if (error instanceof Error && 'code' in error && error.code === 'ERR_MODULE_NOT_FOUND') {
    process.stderr.write(
      `${error.message}\n\nThis flag needs the development packages. Run \`npm ci\`, without --omit=dev.\n`
    )
    process.exit(1)
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
  const { lan, demo } = await prepare(flags)
  await installRequirements('start')
  // Loaded only now: the server reads its settings when it is imported.
  const { server, url } = await import('../server.ts')
  demo?.open(server, url, lan?.authorityFile)
  await lan?.open(url)
} catch (error) {
  giveUp(error)
}
