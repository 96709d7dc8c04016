import { Type } from 'typebox'
import { Value } from 'typebox/value'
import type { BenchRow } from '../bench-rows.ts'

const Output = Type.Object({
  rows: Type.Array(
    Type.Object({
      row: Type.Integer(),
      name: Type.String(),
      value: Type.Number(),
      unit: Type.String(),
      target: Type.Number(),
      atMost: Type.Boolean()
    })
  )
})

/**
 * Returns the rows that a benchmark printed with `--json`: its last line.
 * @throws Error when the line has none
 */
export function rowsOfOutput(output: string): BenchRow[] {
  const line = output.trimEnd().split('\n').at(-1) ?? ''
  try {
    return Value.Parse(Output, JSON.parse(line)).rows
  } catch (error) {
    throw new Error(`the last line has no rows: ${line.slice(0, 200)}`, { cause: error })
  }
}
