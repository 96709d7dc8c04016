import type { ErrorObject } from 'ajv'
import type { Issue } from '../../../contract/errors.ts'

/** At most this many places are named; a hostile body must not make a giant answer. */
const mostIssues = 20
/** So many findings make that many places with plenty to spare; unions are searched among them one by one. */
const mostFindings = 300

/** What Ajv found, as the places a person has to mend, each once. */
export function issuesOf(errors: readonly ErrorObject[]): Issue[] {
  const issues = new Map(
    meant(errors.slice(0, mostFindings))
      .map(issueOf)
      .map(issue => [`${issue.path} ${issue.message}`, issue])
  )
  return [...issues.values()].slice(0, mostIssues)
}

/** An Ajv error as an issue; a property that should not be there is named in its path. */
function issueOf({ instancePath, message = 'does not fit', keyword, params }: ErrorObject): Issue {
  if (keyword === 'additionalProperties') {
    return { path: `${instancePath}/${params.additionalProperty}`, message: 'is not known here' }
  }
  if (keyword === 'required') return { path: `${instancePath}/${params.missingProperty}`, message: 'is required' }
  if (keyword === 'enum') return { path: instancePath, message: `must be one of ${params.allowedValues.join(', ')}` }
  return { path: instancePath, message }
}

/**
 * Of a union Ajv tells what is wrong with the value in the eyes of every kind it may be of. Only the kind it says it is of is of use;
 * where it is of none, which there are.
 */
function meant(errors: readonly ErrorObject[]): ErrorObject[] {
  const unhelpful = new Set<ErrorObject>()
  const instead: ErrorObject[] = []
  for (const union of errors.filter(({ keyword }) => keyword === 'anyOf')) {
    const kinds = Map.groupBy(
      errors.filter(error => isOfUnion(error, union)),
      ({ schemaPath }) => schemaPath.slice(union.schemaPath.length + 1).split('/')[0]
    )
    const others = [...kinds.values()].filter(ofKind => ofKind.some(error => isOtherKind(error, union)))
    for (const error of others.flat()) unhelpful.add(error)
    unhelpful.add(union)
    if (others.length === kinds.size) instead.push(...noKind(others.flat().filter(error => isOtherKind(error, union))))
  }
  return [...errors.filter(error => !unhelpful.has(error)), ...instead]
}

function isOfUnion({ schemaPath, instancePath }: ErrorObject, union: ErrorObject): boolean {
  return (
    schemaPath.startsWith(`${union.schemaPath}/`) &&
    (instancePath === union.instancePath || instancePath.startsWith(`${union.instancePath}/`))
  )
}

/** The value is another kind of thing altogether, or its tag says so. */
function isOtherKind({ keyword, instancePath }: ErrorObject, union: ErrorObject): boolean {
  return keyword === 'const' || (keyword === 'type' && instancePath === union.instancePath)
}

/** What the value could have been. */
function noKind(errors: readonly ErrorObject[]): ErrorObject[] {
  const tags = errors.filter(({ keyword }) => keyword === 'const')
  const [first] = tags.length > 0 ? tags : errors
  if (first === undefined) return []
  const message =
    first.keyword === 'const'
      ? `must be one of ${tags.map(({ params }) => params.allowedValue).join(', ')}`
      : `must be ${[...new Set(errors.map(({ params }) => params.type))].join(' or ')}`
  return [{ ...first, message }]
}
