import { invalidRequest } from '../../../contract/errors.ts'
import { normalTag } from '../../../contract/tags.ts'

/** Returns tags as they are stored, each once. Throws VALIDATION for one of which nothing is left. */
export function normalTags(tags: readonly string[], path = '/tags'): string[] {
  const normal = tags.map(normalTag)
  if (normal.includes('')) throw invalidRequest([{ path, message: 'must have more than # and commas' }])
  return [...new Set(normal)]
}
