/** The values that a page refers to by name, such as `$showId`, as far as they are known. */
export type Names = Map<string, unknown>

const rest = '…and more'
const anything = { '…anything': true }
const named = (name: string) => ({ '…name': name })

/**
 * Parses the JSON of a page: `…` in place of a value matches any value, `…` at the end of an object or array matches
 * all further members, and `$name` stores a value under a name, or matches the stored one.
 */
export function readPattern(text: string): unknown {
  const open: string[] = []
  let json = ''
  for (const [token] of text.matchAll(/"(?:[^"\\]|\\.)*"|…|\$\w+|[^"…$]+/g)) {
    if (token === '…') {
      json += json.trimEnd().endsWith(':')
        ? JSON.stringify(anything)
        : open.at(-1) === '{'
          ? `"${rest}":true`
          : `"${rest}"`
    } else if (token.startsWith('$')) json += JSON.stringify(named(token.slice(1)))
    else {
      json += token
      if (!token.startsWith('"')) {
        for (const [bracket] of token.matchAll(/[[\]{}]/g)) {
          if ('[{'.includes(bracket)) open.push(bracket)
          else open.pop()
        }
      }
    }
  }
  return JSON.parse(json)
}

/** Returns how a value differs from the pattern; null when it matches, and then its names are stored. */
export function findMismatch(pattern: unknown, value: unknown, names: Names): string | null {
  const found: Names = new Map(names)
  const difference = compare(pattern, value, found, '')
  if (difference === null) for (const [name, stored] of found) names.set(name, stored)
  return difference
}

function compare(pattern: unknown, value: unknown, names: Names, path: string): string | null {
  if (typeof pattern === 'string') return compareText(pattern, value, names, path)
  if (typeof pattern !== 'object' || pattern === null) return pattern === value ? null : differs(path, pattern, value)
  if ('…anything' in pattern) return value === undefined ? `${path} is missing` : null
  if ('…name' in pattern) return storeName(String(pattern['…name']), value, names, path)
  if (Array.isArray(pattern)) return compareList(pattern, value, names, path)
  return compareFields(pattern, value, names, path)
}

/** `…` in a text matches any part; `$name` stores a part under a name, or matches the stored one. */
function compareText(pattern: string, value: unknown, names: Names, path: string): string | null {
  if (typeof value !== 'string') return differs(path, pattern, value)
  const expected = pattern.split(/(…|\$\w+)/).map(part => {
    if (part === '…') return '.*'
    if (!part.startsWith('$')) return escaped(part)
    const known = names.get(part.slice(1))
    return known === undefined ? `(?<${part.slice(1)}>.+)` : escaped(String(known))
  })
  const found = new RegExp(`^${expected.join('')}$`, 's').exec(value)
  if (!found) return differs(path, pattern, value)
  for (const [name, part] of Object.entries(found.groups ?? {})) names.set(name, part)
  return null
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
}

function compareList(pattern: unknown[], value: unknown, names: Names, path: string): string | null {
  if (!Array.isArray(value)) return differs(path, pattern, value)
  const isOpen = pattern.at(-1) === rest
  const expected = isOpen ? pattern.slice(0, -1) : pattern
  if (isOpen ? value.length < expected.length : value.length !== expected.length) {
    return `${path} has ${value.length} elements: ${JSON.stringify(value)}`
  }
  return firstDifference(
    expected.map((element, index) => () => compare(element, value[index], names, `${path}/${index}`))
  )
}

function compareFields(pattern: object, value: unknown, names: Names, path: string): string | null {
  if (typeof value !== 'object' || value === null) return differs(path, pattern, value)
  const fields = new Map(Object.entries(value))
  const expected = Object.entries(pattern).filter(([name]) => name !== rest)
  const unexpected = [...fields.keys()].filter(name => !Object.hasOwn(pattern, name))
  if (unexpected.length > 0 && !Object.hasOwn(pattern, rest)) return `${path} also has ${unexpected.join(', ')}`
  return firstDifference(
    expected.map(
      ([name, element]) =>
        () =>
          fields.has(name) ? compare(element, fields.get(name), names, `${path}/${name}`) : `${path}/${name} is missing`
    )
  )
}

function firstDifference(checks: (() => string | null)[]): string | null {
  for (const check of checks) {
    const difference = check()
    if (difference !== null) return difference
  }
  return null
}

function storeName(name: string, value: unknown, names: Names, path: string): string | null {
  if (names.has(name)) {
    return JSON.stringify(names.get(name)) === JSON.stringify(value) ? null : differs(path, names.get(name), value)
  }
  names.set(name, value)
  return null
}

function differs(path: string, expected: unknown, value: unknown): string {
  return `${path} is ${JSON.stringify(value)}, not ${JSON.stringify(expected)}`
}

/** Replaces the names in a text with their values. Throws for a name without a value. */
export function fillNames(text: string, names: Names): string {
  return text.replace(/"\$(\w+)"|\$(\w+)/g, (_, quoted: string | undefined, bare: string) => {
    const name = quoted ?? bare
    if (!names.has(name)) throw new Error(`$${name} has no value yet.`)
    const value = names.get(name)
    return quoted === undefined && typeof value === 'string' ? value : JSON.stringify(value)
  })
}
