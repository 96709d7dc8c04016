import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

import { SetupError } from '../setup-error.ts'

/** A change of one place in the worker's source. */
export interface Patch {
  /** The file, relative to the worker's folder. */
  readonly file: string
  /** The text to replace. It must occur exactly once. */
  readonly find: string
  readonly replace: string
  readonly why: string
}

/** Changes that mediasoup's source needs to build with Debian's libraries. */
export const patches: readonly Patch[] = [
  {
    file: 'meson.build',
    find: "meson_version: '>= 1.1.0'",
    replace: "meson_version: '>= 1.0.0'",
    why: 'Debian 12 has meson 1.0.1, and the build uses no newer feature'
  },
  {
    file: 'src/RTC/DtlsTransport.cpp',
    find: '(operationType == BIO_CB_RETURN)',
    replace: '(operationType & BIO_CB_RETURN)',
    why:
      'the callback answers 1 to every completed control call: an OpenSSL with kernel TLS then assumes that it is ' +
      'on, and crashes in the first handshake'
  }
]

/**
 * Applies all patches to a copy of the worker's source.
 * @throws SetupError when a text does not occur exactly once, because a build without the patch would be broken
 */
export async function applyPatches(sourceFolder: string, list: readonly Patch[] = patches): Promise<void> {
  for (const patch of list) {
    const path = join(sourceFolder, patch.file)
    const text = await readFile(path, 'utf8')
    await writeFile(path, patched(text, patch))
  }
}

function patched(text: string, { file, find, replace, why }: Patch): string {
  const [before, after, ...more] = text.split(find)
  if (before === undefined || after === undefined || more.length > 0) {
    const found = after === undefined ? 'no longer occurs' : 'occurs more than once'
    throw new SetupError(
      `The media worker is not built: \`${find}\` ${found} in mediasoup's worker/${file}. ` +
        `The patch exists because ${why}. Check what the file does now and adapt scripts/worker/patches.ts.`
    )
  }
  return before + replace + after
}
