import { Context, evalExpr, ProcessingMode } from 'mingo/core'
import * as accumulators from 'mingo/operators/accumulator'
import * as expressions from 'mingo/operators/expression'
import { Query } from 'mingo/query'
import type { Options } from 'mingo/types'
import type { Doc } from '../bson/codec.ts'

const { $function: _function, ...safeExpressions } = expressions
const { $accumulator: _accumulator, ...safeAccumulators } = accumulators

export const expressionNames: ReadonlySet<string> = new Set([
  ...Object.keys(safeExpressions),
  ...Object.keys(safeAccumulators)
])
export const accumulatorNames: ReadonlySet<string> = new Set(Object.keys(safeAccumulators))

/**
 * Options that mingo has prepared. Given others it copies its whole table of operators for every query and every expression, which
 * costs more than either; its own preparation it shows to operators only.
 */
export function prepareOptions(context: Context): Options {
  const options: Options = {
    idKey: '_id',
    processingMode: ProcessingMode.CLONE_OFF,
    useStrictMode: true,
    scriptEnabled: false,
    failOnError: true,
    context
  }
  let prepared = options
  const $prepared = (_path: string, _argument: unknown, given: Options) => {
    prepared = given
    return () => true
  }
  const query = new Query(
    { any: { $prepared: true } },
    { ...options, context: Context.from(context, Context.init({ query: { $prepared } })) }
  )
  query.test({})
  return prepared
}

/** The operators of expressions, without those that run code out of a query. */
export const expressionContext = Context.init({ expression: safeExpressions, accumulator: safeAccumulators })

const options = prepareOptions(expressionContext)

/** The value of an aggregation expression for one document; `undefined` where it is missing. */
export function evaluate(doc: Doc, expression: unknown): unknown {
  return evalExpr(doc, expression, options)
}

/** The value of an accumulator over the documents of a group. */
export function accumulate(docs: readonly Doc[], accumulator: Doc): unknown {
  return evalExpr(docs, accumulator, options)
}
