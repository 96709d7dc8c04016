/*
 * npm run check:mutations
 *
 * Proves that every rule of the room is necessary and tested: removes each rule from the table, as a whole and for
 * each command it covers, and checks that a property fails. Proves the ordered log in the same way: a log that inserts
 * out of order must fail its property. Exits with 1 when no property detects a mutation.
 */
import { isMainThread, parentPort, Worker } from 'node:worker_threads'
import fc from 'fast-check'
import type { CommandType } from '../realtime/room/commands.ts'
import type { Rule } from '../realtime/room/rules/rule.ts'
import { rules } from '../realtime/room/rules.ts'
import { properties } from '../test/realtime/room/properties.ts'
import { runScenario } from '../test/realtime/room/runner.ts'
import { scenarios } from '../test/realtime/room/scenarios.ts'
import { contestedLog, contestedLogName } from '../test/realtime/rooms/contested-log.ts'

/** A rule to remove: for one command, or for all (null). */
interface Mutation {
  readonly rule: string
  readonly command: CommandType | null
}

interface Verdict {
  readonly mutation: string
  /** The first property that failed; null when none did. */
  readonly detectedBy: string | null
  readonly tookMs: number
}

const runs = Number(process.env.MUTATION_RUNS ?? 2000)
const threads = 2
/** Fixed, so that every run has the same shows and detects the same mutations. */
const seed = 20_000

function rulesWithout({ rule: name, command }: Mutation): readonly Rule[] {
  if (command === null) return rules.filter(rule => rule.name !== name)
  return rules.map(rule =>
    rule.name !== name
      ? rule
      : {
          name,
          refuses: (state, actor, checked, nowMs) =>
            checked.type === command ? null : rule.refuses(state, actor, checked, nowMs)
        }
  )
}

/** Returns the first property that fails without the rule. */
function findFailure(mutation: Mutation): string | null {
  const mutated = rulesWithout(mutation)
  const failing = properties.find(
    ({ holds }) =>
      fc.check(
        fc.property(scenarios, scenario => holds(scenario, mutated)),
        { numRuns: runs, seed, endOnFailure: true }
      ).failed
  )
  return failing?.name ?? null
}

/** Returns every rule, and every command that the rule refuses in a sample of shows. */
function findMutations(): Mutation[] {
  const refused = new Map(rules.map(({ name }) => [name, new Set<CommandType>()]))
  for (const scenario of fc.sample(scenarios, { numRuns: runs, seed })) {
    runScenario(scenario, rules, ({ before, actor, command, at }) => {
      for (const rule of rules) if (rule.refuses(before, actor, command, at)) refused.get(rule.name)?.add(command.type)
    })
  }
  return [...refused].flatMap(([rule, commands]) => [
    { rule, command: null },
    ...(commands.size > 1 ? [...commands].map(command => ({ rule, command })) : [])
  ])
}

async function tryRules(mutations: readonly Mutation[]): Promise<Verdict[]> {
  const waiting = [...mutations]
  const verdicts: Verdict[] = []
  await Promise.all(
    Array.from({ length: threads }, async () => {
      const worker = new Worker(new URL(import.meta.url))
      try {
        for (let next = waiting.shift(); next; next = waiting.shift()) {
          const verdict = await tryInWorker(worker, next)
          verdicts.push(verdict)
          report(verdict, `${verdicts.length}/${mutations.length}`)
        }
      } finally {
        await worker.terminate()
      }
    })
  )
  return verdicts
}

async function tryInWorker(worker: Worker, mutation: Mutation): Promise<Verdict> {
  return await new Promise((resolve, reject) => {
    worker.once('error', reject)
    worker.once('message', (verdict: Verdict) => {
      worker.off('error', reject)
      resolve(verdict)
    })
    worker.postMessage(mutation)
  })
}

/** Checks that a log with unordered inserts is detected. */
async function tryUnorderedInsert(): Promise<Verdict> {
  const startedAt = performance.now()
  const { failed } = await fc.check(contestedLog('unordered'), { numRuns: runs, seed, endOnFailure: true })
  const verdict = {
    mutation: 'log: unordered insert',
    detectedBy: failed ? contestedLogName : null,
    tookMs: Math.round(performance.now() - startedAt)
  }
  report(verdict, 'log')
  return verdict
}

const nameOf = ({ rule, command }: Mutation) => (command === null ? rule : `${rule}, for ${command}`)

function report({ mutation, detectedBy, tookMs }: Verdict, place: string): void {
  const outcome = detectedBy === null ? 'NOT DETECTED' : `detected by: ${detectedBy}`
  console.log(`${detectedBy === null ? '✗' : '✓'} ${place} ${mutation} ${tookMs}ms – ${outcome}`)
}

async function checkWithoutMutation(): Promise<void> {
  for (const { name, holds } of properties) {
    const { failed } = fc.check(
      fc.property(scenarios, scenario => holds(scenario, rules)),
      { numRuns: runs, seed }
    )
    if (failed) {
      throw new Error(`"${name}" fails with all rules in place; run test/realtime/room/properties.test.ts first.`)
    }
  }
  const { failed } = await fc.check(contestedLog('ordered'), { numRuns: runs, seed })
  if (failed) {
    throw new Error(
      'The property of the log fails without a mutation; run test/realtime/rooms/contested-log.test.ts first.'
    )
  }
}

async function checkAll(): Promise<void> {
  await checkWithoutMutation()
  const verdicts = [await tryUnorderedInsert(), ...(await tryRules(findMutations()))]
  const undetected = verdicts.filter(({ detectedBy }) => detectedBy === null)
  if (undetected.length > 0) {
    console.log(`\nNot detected by any property:\n${undetected.map(({ mutation }) => `  ${mutation}`).join('\n')}`)
  }
  const seconds = Math.round(performance.now() / 1000)
  const detected = verdicts.length - undetected.length
  console.log(
    `${rules.length} rules, ${verdicts.length} mutations, ${detected} detected, ${undetected.length} not detected, ` +
      `in ${seconds} s`
  )
  process.exitCode = undetected.length > 0 ? 1 : 0
}

if (isMainThread) await checkAll()
else {
  parentPort?.on('message', (mutation: Mutation) => {
    const startedAt = performance.now()
    const verdict: Verdict = {
      mutation: nameOf(mutation),
      detectedBy: findFailure(mutation),
      tookMs: Math.round(performance.now() - startedAt)
    }
    parentPort?.postMessage(verdict)
  })
}
