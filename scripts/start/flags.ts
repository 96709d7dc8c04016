import { parseArgs } from 'node:util'

/** The flags of `npm start`. */
export interface StartFlags {
  isHelp: boolean
}

/** An error in the command line. Its message names the flags that are known. */
export class FlagError extends Error {
  override name = 'FlagError'
}

const options = { help: { type: 'boolean', short: 'h' } } as const

/** The help of `npm start`. */
export const helpText = `Usage: npm start [-- FLAGS]

  --help            print this text

Settings are environment variables, for example PORT=3001 npm start. docs/operators.md lists them.
`

/**
 * Parses the arguments of `npm start`.
 * @throws FlagError for an argument that is not known
 */
export function parseFlags(args: readonly string[]): StartFlags {
  const { tokens } = parseArgs({ args: [...args], options, strict: false, allowPositionals: true, tokens: true })
  const unknown = tokens
    .filter(token => token.kind !== 'option' || !Object.hasOwn(options, token.name))
    .map(token => args[token.index] ?? '')
  if (unknown.length > 0) {
    throw new FlagError(`${unknown.join(' ')} is not a flag of npm start.\n\n${helpText}`)
  }
  const given = new Map(tokens.flatMap(token => (token.kind === 'option' ? [[token.name, token.value]] : [])))
  return { isHelp: given.has('help') }
}
