import { randomBytes } from 'node:crypto'

/** A presence id holds the node's id and must fit the wire: this many characters of a name remain. */
const maxNameLength = 26
const randomByteCount = 6

/**
 * Returns the id of this start of a node: the end of its name, which tells pods of one set apart, and random digits.
 * It has at most 39 letters, digits, hyphens and underscores.
 */
export function newNodeId(name = 'node'): string {
  return `${name.slice(-maxNameLength)}-${randomBytes(randomByteCount).toString('hex')}`
}
