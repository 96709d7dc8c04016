import { Type } from 'typebox'
import { Value } from 'typebox/value'

export interface Verdict {
  readonly verdict: 'verified' | 'refused' | 'not checked'
  readonly reason: string
}

const Named = Type.Array(Type.Object({ name: Type.String(), version: Type.String() }))
const Report = Type.Object({ invalid: Named, missing: Named })
const Failure = Type.Object({
  error: Type.Object({ code: Type.Optional(Type.Union([Type.String(), Type.Null()])), summary: Type.String() })
})

/** Returns the result of `npm audit signatures --json`. It is `verified` only when npm confirms it. */
export function verdictOf(code: number | null, output: string): Verdict {
  const answer = tryParse(output)
  if (Value.Check(Report, answer)) {
    const bad = [
      ...answer.invalid.map(describe('has a wrong signature')),
      ...answer.missing.map(describe('has no signature'))
    ]
    if (bad.length > 0) return { verdict: 'refused', reason: bad.join(', ') }
    if (code === 0) return { verdict: 'verified', reason: "every installed package has the registry's signature" }
  }
  if (Value.Check(Failure, answer)) {
    return { verdict: 'not checked', reason: `${answer.error.code ?? 'npm'}: ${answer.error.summary.split('\n')[0]}` }
  }
  return {
    verdict: 'not checked',
    reason: `npm ended with ${code ?? 'no exit code'} and printed an unknown format: ${output.slice(0, 200)}`
  }
}

function describe(problem: string): (named: { name: string; version: string }) => string {
  return ({ name, version }) => `${name}@${version} ${problem}`
}

function tryParse(output: string): unknown {
  try {
    return JSON.parse(output)
  } catch {
    return undefined
  }
}
