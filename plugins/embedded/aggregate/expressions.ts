import { Context, evalExpr, ProcessingMode } from 'mingo/core'
import * as accumulators from 'mingo/operators/accumulator'
import * as expressions from 'mingo/operators/expression'
import type { Options } from 'mingo/types'
import type { Doc } from '../bson/codec.ts'

const { $function: _function, ...safeExpressions } = expressions
const { $accumulator: _accumulator, ...safeAccumulators } = accumulators

export const expressionNames: ReadonlySet<string> = new Set([...Object.keys(safeExpressions), ...Object.keys(safeAccumulators)])
export const accumulatorNames: ReadonlySet<string> = new Set(Object.keys(safeAccumulators))

/** How mingo evaluates expressions: without the operators that run code out of a query. */
export const expressionOptions: Options = {
  idKey: '_id',
  processingMode: ProcessingMode.CLONE_OFF,
  useStrictMode: true,
  scriptEnabled: false,
  failOnError: true,
  context: Context.init({ expression: safeExpressions, accumulator: safeAccumulators })
}

/** The value of an aggregation expression for one document; `undefined` where it is missing. */
export function evaluate (doc: Doc, expression: unknown): unknown {
  return evalExpr(doc, expression, expressionOptions)
}

/** The value of an accumulator over the documents of a group. */
export function accumulate (docs: readonly Doc[], accumulator: Doc): unknown {
  return evalExpr(docs, accumulator, expressionOptions)
}
