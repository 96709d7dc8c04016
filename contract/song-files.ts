/** Endings of the files that can become songs. The server decides by the content of a file. */
export const songExtensions = [
  ...['mp3', 'mp2', 'm4a', 'm4b', 'm4r', 'mp4', 'mov', 'qt', '3gp', '3g2', 'aac', 'flac'],
  ...['ogg', 'oga', 'ogv', 'opus', 'spx', 'wav', 'wave', 'bwf', 'rf64', 'bw64', 'w64', 'aif', 'aiff', 'aifc'],
  ...['mka', 'mkv', 'webm', 'weba', 'amr', 'awb', 'ac3', 'ec3', 'eac3', 'xm', 'mod', 's3m', 'it']
] as const

const known: ReadonlySet<string> = new Set(songExtensions)
/** Types under `audio/` of files that hold no sound: playlists and notes. */
const silentTypes = /^audio\/(x-)?(mpegurl|scpls|pls|midi|mid|sp-midi)\b/i

/** Types that a file picker accepts by this rule. `audio/*` alone hides files whose type the browser does not know. */
export const songFileTypes: readonly string[] = ['audio/*', ...songExtensions.map(extension => `.${extension}`)]

/** Returns the ending of a file name in lower case, without the dot; an empty text when there is none. */
export function extensionOf(name: string): string {
  return /\.([^./\\]+)$/.exec(name)?.[1]?.toLowerCase() ?? ''
}

/**
 * Returns whether a file may become a song, by its name and media type. Browsers give some files no type, and songs in
 * video containers the type of a video.
 */
export function isSongFile({ name, type = '' }: { readonly name: string; readonly type?: string }): boolean {
  return known.has(extensionOf(name)) || (/^audio\//i.test(type) && !silentTypes.test(type))
}

/** Returns a file name without its ending, if that is one of a song: "Symphony No.5" has none. */
export function withoutExtension(name: string): string {
  const extension = extensionOf(name)
  return known.has(extension) ? name.slice(0, -extension.length - 1) : name
}
