import { parseArgs } from 'node:util'

/** The flags of `npm start`. */
export interface StartFlags {
  isHelp: boolean
  /** Whether people of a demo are live. */
  isDemo: boolean
  /** Whether the local network reaches the server. */
  isLan: boolean
  /** The address in the local network; undefined: the likeliest. */
  lanAddress?: string
}

/** An error in the command line. Its message names the flags that are known. */
export class FlagError extends Error {
  override name = 'FlagError'
}

/** Flags, and whether they may have a value. */
const known: Readonly<Record<string, { takesValue: boolean }>> = {
  demo: { takesValue: false },
  lan: { takesValue: true },
  help: { takesValue: false }
}

/** The help of `npm start`. */
export const helpText = `Usage: npm start [-- FLAGS]

  --demo            open with two live shows, songs, and listeners; its data is kept apart
  --lan             serve phones and computers of the local network, with HTTPS
  --lan=ADDRESS     the same at this address of the machine
  --help            print this text

Settings are environment variables, for example PORT=3001 npm start. docs/operators.md lists them.
`

/**
 * Parses the arguments of `npm start`.
 * @throws FlagError for an argument that is not known, and for a value that is missing or of no use
 */
export function parseFlags(args: readonly string[]): StartFlags {
  const { tokens } = parseArgs({
    args: args.map(argument => (argument === '-h' ? '--help' : argument)),
    strict: false,
    allowPositionals: true,
    tokens: true
  })
  const given = new Map<string, string | undefined>()
  for (const token of tokens) {
    const flag = token.kind === 'option' ? known[token.name] : undefined
    const isRight = flag && token.kind === 'option' && (token.value === undefined || (flag.takesValue && token.value))
    if (!isRight) throw new FlagError(`${args[token.index]} is not a flag of npm start.\n\n${helpText}`)
    given.set(token.name, token.value)
  }
  const lanAddress = given.get('lan')
  return {
    isHelp: given.has('help'),
    isDemo: given.has('demo'),
    isLan: given.has('lan'),
    ...(lanAddress !== undefined && { lanAddress })
  }
}
