import { attempt } from './command.ts'
import { verdictOf } from './check-signatures/verdict.ts'

// Has npm check the registry's signatures of all installed packages. Good (0) only when npm says that it verified them. Where that can't be asked,
// as behind a wall, or where the registry signs nothing, it says so and ends with 0, or with 1 when --required is given.
const required = process.argv.includes('--required')
const { code, lines } = await attempt('npm', ['audit', 'signatures', '--json'], {
  timeoutMs: 5 * 60_000,
  showErrors: true
})
const { verdict, reason } = verdictOf(code, lines.join('\n'))

console.log(
  verdict === 'verified'
    ? `Verified: ${reason}`
    : verdict === 'refused'
      ? `REFUSED: ${reason}`
      : `NOT CHECKED: ${reason}`
)
process.exitCode = verdict === 'refused' || (verdict === 'not checked' && required) ? 1 : 0
