import type { ErrorObject } from 'ajv'
import type { Issue } from '../../../contract/errors.ts'

/** Maximum number of issues in an answer, so that a hostile body can't cause a giant answer. */
const maxIssues = 20
/** Maximum number of Ajv errors examined: enough for `maxIssues`. Unions are matched against each of them. */
const maxErrors = 300

/** Returns the errors of Ajv as issues that a person can fix, each one once. */
export function issuesOf(errors: readonly ErrorObject[]): Issue[] {
  const issues = new Map(
    withoutOtherVariants(errors.slice(0, maxErrors))
      .map(issueOf)
      .map(issue => [`${issue.path} ${issue.message}`, issue])
  )
  return [...issues.values()].slice(0, maxIssues)
}

/** Returns an Ajv error as an issue. The path of an unknown or missing property names that property. */
function issueOf({ instancePath, message = 'is not valid', keyword, params }: ErrorObject): Issue {
  if (keyword === 'additionalProperties') {
    return { path: `${instancePath}/${params.additionalProperty}`, message: 'is not a known property' }
  }
  if (keyword === 'required') return { path: `${instancePath}/${params.missingProperty}`, message: 'is required' }
  if (keyword === 'enum') return { path: instancePath, message: `must be one of ${params.allowedValues.join(', ')}` }
  return { path: instancePath, message }
}

/**
 * Removes the errors of union variants that the value does not claim to be. Ajv reports errors for every variant of a
 * union; only those of the variant named by the value's tag are useful. Where no variant matches, one error lists the
 * variants.
 */
function withoutOtherVariants(errors: readonly ErrorObject[]): ErrorObject[] {
  const removed = new Set<ErrorObject>()
  const added: ErrorObject[] = []
  for (const union of errors.filter(({ keyword }) => keyword === 'anyOf')) {
    const variants = Map.groupBy(
      errors.filter(error => isOfUnion(error, union)),
      ({ schemaPath }) => schemaPath.slice(union.schemaPath.length + 1).split('/')[0]
    )
    const others = [...variants.values()].filter(ofVariant => ofVariant.some(error => isOtherVariant(error, union)))
    for (const error of others.flat()) removed.add(error)
    removed.add(union)
    if (others.length === variants.size) {
      added.push(...noVariant(others.flat().filter(error => isOtherVariant(error, union))))
    }
  }
  return [...errors.filter(error => !removed.has(error)), ...added]
}

function isOfUnion({ schemaPath, instancePath }: ErrorObject, union: ErrorObject): boolean {
  return (
    schemaPath.startsWith(`${union.schemaPath}/`) &&
    (instancePath === union.instancePath || instancePath.startsWith(`${union.instancePath}/`))
  )
}

/** Tells whether the value has another type or another tag than this variant. */
function isOtherVariant({ keyword, instancePath }: ErrorObject, union: ErrorObject): boolean {
  return keyword === 'const' || (keyword === 'type' && instancePath === union.instancePath)
}

/** Returns one error that lists the tags or types the value may have. */
function noVariant(errors: readonly ErrorObject[]): ErrorObject[] {
  const tags = errors.filter(({ keyword }) => keyword === 'const')
  const [first] = tags.length > 0 ? tags : errors
  if (first === undefined) return []
  const message =
    first.keyword === 'const'
      ? `must be one of ${tags.map(({ params }) => params.allowedValue).join(', ')}`
      : `must be ${[...new Set(errors.map(({ params }) => params.type))].join(' or ')}`
  return [{ ...first, message }]
}
