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

/** What `npm audit signatures --json` found, from its exit code and what it printed. Only npm's own yes is one. */
export function verdictOf(code: number | null, printed: string): Verdict {
  const answer = parsed(printed)
  if (Value.Check(Report, answer)) {
    const bad = [...answer.invalid.map(said('has a wrong signature')), ...answer.missing.map(said('has no signature'))]
    if (bad.length > 0) return { verdict: 'refused', reason: bad.join(', ') }
    if (code === 0) return { verdict: 'verified', reason: "every installed package has the registry's signature" }
  }
  if (Value.Check(Failure, answer)) {
    return { verdict: 'not checked', reason: `${answer.error.code ?? 'npm'}: ${answer.error.summary.split('\n')[0]}` }
  }
  return {
    verdict: 'not checked',
    reason: `npm ended with ${code ?? 'no exit code'} and said nothing that is known: ${printed.slice(0, 200)}`
  }
}

function said(what: string): (named: { name: string; version: string }) => string {
  return ({ name, version }) => `${name}@${version} ${what}`
}

function parsed(printed: string): unknown {
  try {
    return JSON.parse(printed)
  } catch {
    return undefined
  }
}
