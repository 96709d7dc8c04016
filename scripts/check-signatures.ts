import { attempt } from './command.ts'
import { verdictOf } from './check-signatures/verdict.ts'

// Verifies the registry's signatures of all installed packages with npm. Exits with 1 when a signature is missing or
// wrong. When npm cannot verify them, as behind a firewall, prints so and exits with 0, or with 1 when --required is
// given.
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
