import { join } from 'node:path'
import { Type, type Static, type TSchema } from 'typebox'
import { runLimited } from './limited-process.ts'
import type { CommandPrefix } from './network-isolation.ts'

const Nullable = <T extends TSchema>(schema: T) => Type.Union([schema, Type.Null()])

/** Tags of an audio file. Do not trust any of them. */
export const Tags = Type.Object(
  {
    title: Nullable(Type.String()),
    artist: Nullable(Type.String()),
    album: Nullable(Type.String()),
    durationMs: Nullable(Type.Number()),
    picture: Nullable(Type.String({ description: 'base64' }))
  },
  { additionalProperties: false }
)
export type Tags = Static<typeof Tags>

const mebibyte = 1024 * 1024
const limits = { cpuMs: 10_000, wallMs: 40_000, residentBytes: 256 * mebibyte, fileBytes: 0 }
const maxOutputBytes = 16 * mebibyte
const program = join(import.meta.dirname, 'read-tags.ts')
const repository = join(import.meta.dirname, '..', '..', '..', '..')

/** Reads the tags of a file in its folder. Returns null when they can't be read; the file may play all the same. */
export async function readTags(
  folder: string,
  fileName: string,
  parseTags: (printed: unknown) => Tags,
  signal: AbortSignal,
  networkIsolation: CommandPrefix | null = null
): Promise<Tags | null> {
  let printed = ''
  const { code } = await runLimited({
    command: process.execPath,
    args: [
      '--max-old-space-size=128',
      '--no-warnings',
      '--permission',
      `--allow-fs-read=${repository}/*`,
      `--allow-fs-read=${folder}/*`,
      program,
      join(folder, fileName)
    ],
    cwd: folder,
    limits,
    async read(output) {
      for await (const chunk of output.setEncoding('latin1')) {
        if (printed.length < maxOutputBytes) printed += chunk
      }
    },
    signal,
    networkIsolation
  })
  if (code !== 0) return null
  try {
    return parseTags(JSON.parse(Buffer.from(printed, 'latin1').toString('utf8')))
  } catch {
    return null
  }
}
