/*
 * npm run check:model
 *
 * Proves the protocol of homes on a model (README.md): in every order of steps, with at most two faults, nothing that
 * must hold is violated, and every run ends with all commands acknowledged. Then removes each guard of the protocol,
 * and expects a counterexample. Exits with 1 otherwise.
 */
import { copyFileSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { attempt, run, stopCommands } from '../../../scripts/command.ts'
import { SetupError } from '../../../scripts/setup-error.ts'
import { ensurePackages, modelPackages } from '../../../scripts/system-packages.ts'

/** Each switch of home.pml that removes a guard, and what that means. */
const mutations = {
  UNORDERED: 'a record whose slot is taken is skipped, and still acknowledged',
  ANSWER_EARLY: 'a command is acknowledged before its records are stored',
  NO_FENCE: 'a new home writes no fence record',
  NO_REREAD: 'what was stored between reading the log and the fence is not read',
  NO_RECOVERY: 'the tail of the stream is not stored',
  NO_CAUSES: 'a new home does not know which commands were carried out',
  NO_LAST: 'a command counts as carried out when a part of it is stored',
  NO_ANSWERS: 'a home carries a command out again when it arrives again',
  PUBLISH_ALWAYS: 'publishing does not compare the claim',
  ASSERT_ALWAYS: 'a lower token overwrites a claim',
  OPEN_ALWAYS: 'a new home overwrites the claim of another living node',
  NO_ASSERTING: 'a claim that Redis lost is not written again',
  NO_ASKING: 'a home that is not sure does not ask the log',
  SURE_AT_ONCE: 'a home is sure again before it has asserted its claim'
} as const

const verifierTimeoutMs = 300_000
const compileTimeoutMs = 60_000

/** The result of the verifier. */
interface Verdict {
  /** The first property that was violated; null when none was. */
  readonly violated: string | null
  readonly states: number
  readonly tookMs: number
}

/**
 * Generates, compiles and runs a verifier.
 * @throws SetupError when it cannot be built, or does not complete its search
 */
async function verify(switches: readonly string[], search: 'states' | 'cycles'): Promise<Verdict> {
  const from = performance.now()
  const folder = mkdtempSync(join(tmpdir(), 'ambient-model-'))
  try {
    copyFileSync(join(import.meta.dirname, 'home.pml'), join(folder, 'home.pml'))
    const building = { cwd: folder, timeoutMs: compileTimeoutMs }
    await run('spin', ['-a', ...switches.map(name => `-D${name}`), 'home.pml'], building)
    const kind = search === 'states' ? ['-DSAFETY'] : ['-DNP', '-DNOFAIR']
    await run('gcc', ['-w', '-O2', '-DCOLLAPSE', '-DMEMLIM=1800', ...kind, '-o', 'pan', 'pan.c'], building)
    const args = ['-m100000', ...(search === 'cycles' ? ['-l'] : [])]
    const { lines } = await attempt('./pan', args, { cwd: folder, timeoutMs: verifierTimeoutMs })
    return { ...readVerdict(lines), tookMs: performance.now() - from }
  } finally {
    rmSync(folder, { recursive: true })
  }
}

/** Reads what a verifier prints. */
function readVerdict(lines: readonly string[]): Pick<Verdict, 'violated' | 'states'> {
  const output = lines.join('\n')
  const errors = /errors: (\d+)$/m.exec(output)?.[1]
  const states = Number(/^ *(\S+) states, stored/m.exec(output)?.[1])
  const violated = /^pan:1: (.+?) \(at depth \d+\)$/m.exec(output)?.[1] ?? null
  const isComplete =
    errors === '0' ? !/max search depth too small|Search not completed/.test(output) : violated !== null
  if (errors === undefined || !isComplete) throw new SetupError(`The search did not complete:\n${output}`)
  return { violated, states }
}

function report(isExpected: boolean, what: string, { violated, states, tookMs }: Verdict): void {
  const found = violated === null ? 'no counterexample' : `counterexample: ${violated}`
  console.log(
    `${isExpected ? 'ok    ' : 'FAILED'} ${what}: ${found} (${states} states, ${(tookMs / 1000).toFixed(1)} s)`
  )
  if (!isExpected) process.exitCode = 1
}

for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, stopCommands)

try {
  await ensurePackages(modelPackages)
  const states = await verify([], 'states')
  report(states.violated === null, 'the protocol, all states', states)
  const cycles = await verify([], 'cycles')
  report(cycles.violated === null, 'the protocol, every run ends', cycles)
  for (const [name, what] of Object.entries(mutations)) {
    const verdict = await verify([name], 'states')
    report(verdict.violated !== null, `${name}, ${what}`, verdict)
  }
} catch (error) {
  console.error(error instanceof SetupError ? `\n${error.message}\n` : error)
  process.exitCode = 1
}
