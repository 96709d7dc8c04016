const linePattern = /^ {2,4}Stream #0:\d/
/** The longest part of a line that is looked at. A stranger's tag may be as long as everything that is printed. */
const maxLineChars = 1000

/**
 * Returns the lines in which ffmpeg describes the streams of a file, shortened. Patterns with several gaps take minutes
 * on a long tag that repeats their words, so match these lines only.
 */
export function streamLinesOf(printed: string): string[] {
  return printed
    .split('\n')
    .filter(line => linePattern.test(line))
    .map(line => line.slice(0, maxLineChars).trimStart())
}
