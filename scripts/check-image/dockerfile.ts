import {
  Arg,
  Copy,
  DockerfileParser,
  Entrypoint,
  Env,
  From,
  Healthcheck,
  JSONInstruction,
  type Instruction
} from 'dockerfile-ast'

/** One step of a stage. Commands are arrays of arguments. */
export type Step =
  | { readonly kind: 'run'; readonly command: readonly string[] }
  | {
      readonly kind: 'copy'
      readonly from: string | undefined
      readonly sources: readonly string[]
      readonly target: string
    }
  | { readonly kind: 'set'; readonly set: Setting }

/** A change of the stage's settings, which creates no layer. */
export type Setting =
  | { readonly what: 'env'; readonly values: Readonly<Record<string, string>> }
  | { readonly what: 'arg'; readonly name: string; readonly value: string | undefined }
  | { readonly what: 'workdir' | 'user'; readonly value: string }
  | { readonly what: 'entrypoint' | 'command' | 'healthcheck'; readonly command: readonly string[] }
  | { readonly what: 'volumes'; readonly folders: readonly string[] }

export interface Stage {
  readonly name: string
  /** The name of another stage, or the base image. */
  readonly from: string
  readonly steps: readonly Step[]
}

/** Instructions that only add metadata to the image. */
const metadataInstructions = new Set(['LABEL', 'EXPOSE', 'STOPSIGNAL'])

/**
 * Parses a Dockerfile with the features that this check supports: named stages, commands as JSON arrays, and no flags
 * except COPY's `--from` and those of HEALTHCHECK.
 * @throws Error with the line of an unsupported instruction, because the check would otherwise build a different image
 */
export function readDockerfile(text: string): Stage[] {
  const stages: Array<{ name: string; from: string; steps: Step[] }> = []
  const globals = new Map<string, string>()

  for (const instruction of DockerfileParser.parse(text).getInstructions()) {
    if (instruction instanceof From) stages.push(stageOf(instruction, globals))
    else if (stages.length === 0) keepGlobal(instruction, globals)
    else if (!metadataInstructions.has(instruction.getKeyword())) stages.at(-1)?.steps.push(stepOf(instruction))
  }
  return stages
}

/** Returns the environment that a stage sets for its containers. */
export function environmentOfStage({ steps }: Stage): Record<string, string> {
  return Object.assign(
    {},
    ...steps.map(step => (step.kind === 'set' && step.set.what === 'env' ? step.set.values : {}))
  )
}

function stageOf(from: From, globals: ReadonlyMap<string, string>): { name: string; from: string; steps: Step[] } {
  const name = from.getBuildStage()
  const image = from.getImage()
  if (name === null || image === null || from.getArguments().length !== 3) {
    throw unsupported(from, 'FROM must be `FROM IMAGE AS NAME`')
  }
  return { name, from: image.replace(/^\$\{(\w+)\}$/, (_, variable: string) => globals.get(variable) ?? ''), steps: [] }
}

function keepGlobal(instruction: Instruction, globals: Map<string, string>): void {
  const property = instruction instanceof Arg ? instruction.getProperty() : null
  if (property === null) throw unsupported(instruction, 'only ARG is allowed before the first FROM')
  globals.set(property.getName(), property.getValue() ?? '')
}

function stepOf(instruction: Instruction): Step {
  const keyword = instruction.getKeyword()
  if (instruction instanceof Copy) return copyOf(instruction)
  if (instruction instanceof Env) {
    return {
      kind: 'set',
      set: {
        what: 'env',
        values: Object.fromEntries(
          instruction.getProperties().map(property => [property.getName(), property.getValue() ?? ''])
        )
      }
    }
  }
  if (instruction instanceof Arg) {
    const property = instruction.getProperty()
    if (property !== null) {
      return { kind: 'set', set: { what: 'arg', name: property.getName(), value: property.getValue() ?? undefined } }
    }
  }
  if (keyword === 'WORKDIR' || keyword === 'USER') {
    return {
      kind: 'set',
      set: { what: keyword === 'USER' ? 'user' : 'workdir', value: instruction.getArgumentsContent() ?? '' }
    }
  }
  if (instruction instanceof Healthcheck) {
    return { kind: 'set', set: { what: 'healthcheck', command: healthCommand(instruction) } }
  }
  if (keyword === 'RUN') return { kind: 'run', command: jsonCommand(instruction) }
  if (keyword === 'VOLUME') return { kind: 'set', set: { what: 'volumes', folders: jsonCommand(instruction) } }
  if (instruction instanceof Entrypoint || keyword === 'CMD') {
    return {
      kind: 'set',
      set: { what: keyword === 'CMD' ? 'command' : 'entrypoint', command: jsonCommand(instruction) }
    }
  }
  throw unsupported(instruction, `${keyword} is not supported`)
}

function copyOf(copy: Copy): Step {
  const flags = copy.getFlags()
  if (flags.some(flag => flag.getName() !== 'from')) {
    throw unsupported(copy, 'the only supported flag of COPY is --from')
  }
  const paths = copy.getArguments().map(argument => argument.getValue())
  const target = paths.pop()
  if (target === undefined || paths.length === 0 || paths.some(path => /[*?$]/.test(path))) {
    throw unsupported(copy, 'COPY must name each source')
  }
  return { kind: 'copy', from: copy.getFromFlag()?.getValue() ?? undefined, sources: paths, target }
}

function jsonCommand(instruction: Instruction): string[] {
  if (instruction instanceof JSONInstruction && instruction.getFlags().length > 0) {
    throw unsupported(instruction, 'flags are not supported')
  }
  // The parser's own array loses blanks within words.
  return arrayOf(instruction, instruction.getArgumentsContent() ?? '')
}

/** Returns the command of a HEALTHCHECK. The parser has no JSON form for it, so it is the text after CMD. */
function healthCommand(healthcheck: Healthcheck): string[] {
  const [, array = ''] = /\bCMD\s+(.*)$/s.exec(healthcheck.getArgumentsContent() ?? '') ?? []
  return arrayOf(healthcheck, array)
}

function arrayOf(instruction: Instruction, text: string): string[] {
  try {
    const command: unknown = JSON.parse(text)
    if (Array.isArray(command) && command.every(part => typeof part === 'string')) return command
  } catch {
    // Reported below.
  }
  throw unsupported(instruction, `${instruction.getKeyword()} must be a JSON array of strings, without flags`)
}

function unsupported(instruction: Instruction, reason: string): Error {
  return new Error(`Dockerfile line ${instruction.getRange().start.line + 1}: ${reason}`)
}
