/**
 * Returns the path to open after signing in. Anything but a path of this site is replaced, since everyone can write the
 * URL.
 */
export function safeReturnPath(to: string | null): string {
  return to && /^\/(?![/\\])/.test(to) ? to : '/'
}
