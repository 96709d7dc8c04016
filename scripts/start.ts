/*
 * npm start [-- FLAGS]
 *
 * Installs what the server needs and runs it in this process.
 */
import { installRequirements } from './requirements.ts'
import { SetupError } from './setup-error.ts'
import { FlagError, helpText, parseFlags } from './start/flags.ts'

try {
  const flags = parseFlags(process.argv.slice(2))
  if (flags.isHelp) {
    process.stdout.write(helpText)
    process.exit()
  }
  await installRequirements('start')
} catch (error) {
  if (error instanceof FlagError) {
    process.stderr.write(error.message)
    process.exit(2)
  }
  console.error(error instanceof SetupError ? `\n${error.message}\n` : error)
  process.exit(1)
}
// Loaded only now: the server reads its settings when it is imported.
await import('../server.ts')
