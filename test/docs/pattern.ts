/** What a page calls by name: `$showId`, and the values it got so far. */
export type Names = Map<string, unknown>

const rest = '…and more'
const anything = { '…anything': true }
const named = (name: string) => ({ '…name': name })

/**
 * JSON as a page writes it: `…` for a value is anything, `…` at the end of an object or array is whatever else is in
 * it, `$name` is a value that is kept, or that was.
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

/** Where a value is not as the pattern says; null where it is, and then its names are kept. */
export function mismatch(pattern: unknown, value: unknown, names: Names): string | null {
  const found: Names = new Map(names)
  const fault = compare(pattern, value, found, '')
  if (fault === null) for (const [name, kept] of found) names.set(name, kept)
  return fault
}

function compare(pattern: unknown, value: unknown, names: Names, path: string): string | null {
  if (typeof pattern === 'string') return compareText(pattern, value, names, path)
  if (typeof pattern !== 'object' || pattern === null) return pattern === value ? null : differs(path, pattern, value)
  if ('…anything' in pattern) return value === undefined ? `${path} is missing` : null
  if ('…name' in pattern) return keep(String(pattern['…name']), value, names, path)
  if (Array.isArray(pattern)) return compareList(pattern, value, names, path)
  return compareFields(pattern, value, names, path)
}

/** `…` in a text stands for any part of it, and `$name` for a part that is kept, or that was. */
function compareText(pattern: string, value: unknown, names: Names, path: string): string | null {
  if (typeof value !== 'string') return differs(path, pattern, value)
  const wanted = pattern.split(/(…|\$\w+)/).map(part => {
    if (part === '…') return '.*'
    if (!part.startsWith('$')) return escaped(part)
    const known = names.get(part.slice(1))
    return known === undefined ? `(?<${part.slice(1)}>.+)` : escaped(String(known))
  })
  const found = new RegExp(`^${wanted.join('')}$`, 's').exec(value)
  if (!found) return differs(path, pattern, value)
  for (const [name, kept] of Object.entries(found.groups ?? {})) names.set(name, kept)
  return null
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
}

function compareList(pattern: unknown[], value: unknown, names: Names, path: string): string | null {
  if (!Array.isArray(value)) return differs(path, pattern, value)
  const more = pattern.at(-1) === rest
  const wanted = more ? pattern.slice(0, -1) : pattern
  if (more ? value.length < wanted.length : value.length !== wanted.length) {
    return `${path} has ${value.length} elements: ${JSON.stringify(value)}`
  }
  return firstFault(wanted.map((element, index) => () => compare(element, value[index], names, `${path}/${index}`)))
}

function compareFields(pattern: object, value: unknown, names: Names, path: string): string | null {
  if (typeof value !== 'object' || value === null) return differs(path, pattern, value)
  const fields = new Map(Object.entries(value))
  const wanted = Object.entries(pattern).filter(([name]) => name !== rest)
  const unsaid = [...fields.keys()].filter(name => !Object.hasOwn(pattern, name))
  if (unsaid.length > 0 && !Object.hasOwn(pattern, rest)) return `${path} also has ${unsaid.join(', ')}`
  return firstFault(
    wanted.map(
      ([name, element]) =>
        () =>
          fields.has(name) ? compare(element, fields.get(name), names, `${path}/${name}`) : `${path}/${name} is missing`
    )
  )
}

function firstFault(checks: (() => string | null)[]): string | null {
  for (const check of checks) {
    const fault = check()
    if (fault !== null) return fault
  }
  return null
}

function keep(name: string, value: unknown, names: Names, path: string): string | null {
  if (names.has(name)) {
    return JSON.stringify(names.get(name)) === JSON.stringify(value) ? null : differs(path, names.get(name), value)
  }
  names.set(name, value)
  return null
}

function differs(path: string, wanted: unknown, value: unknown): string {
  return `${path} is ${JSON.stringify(value)}, and not ${JSON.stringify(wanted)}`
}

/** A text with the values of its names in it. Throws for one that nothing was called yet. */
export function filled(text: string, names: Names): string {
  return text.replace(/"\$(\w+)"|\$(\w+)/g, (_, quoted: string | undefined, bare: string) => {
    const name = quoted ?? bare
    if (!names.has(name)) throw new Error(`nothing is called ${name} yet`)
    const value = names.get(name)
    return quoted === undefined && typeof value === 'string' ? value : JSON.stringify(value)
  })
}
