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
    durationMs: Nullable(Type.Number())
  },
  { additionalProperties: false }
)
export type Tags = Static<typeof Tags>

/** Tags with the cover, as it was in the file. */
export type TagsWithPicture = Tags & { picture: Buffer | null }

const mebibyte = 1024 * 1024
const limits = { cpuMs: 10_000, wallMs: 40_000, residentBytes: 256 * mebibyte, fileBytes: 0 }
/** The largest cover, and texts. */
const maxOutputBytes = 34 * mebibyte
const program = join(import.meta.dirname, 'read-tags.ts')
const repository = join(import.meta.dirname, '..', '..', '..', '..')

/** Reads the tags of a file in its folder. Returns null when they can't be read; the file may play all the same. */
export async function readTags(
  folder: string,
  fileName: string,
  parseTags: (printed: unknown) => Tags,
  signal: AbortSignal,
  networkIsolation: CommandPrefix | null = null
): Promise<TagsWithPicture | null> {
  const printed: Buffer[] = []
  let printedBytes = 0
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
      for await (const chunk of output as AsyncIterable<Buffer>) {
        printedBytes += chunk.length
        if (printedBytes <= maxOutputBytes) printed.push(chunk)
      }
    },
    signal,
    networkIsolation
  })
  if (code !== 0 || printedBytes > maxOutputBytes) return null
  const bytes = Buffer.concat(printed)
  const end = bytes.indexOf('\n')
  try {
    const tags = parseTags(JSON.parse(bytes.toString('utf8', 0, end)))
    return { ...tags, picture: end + 1 < bytes.length ? bytes.subarray(end + 1) : null }
  } catch {
    return null
  }
}
