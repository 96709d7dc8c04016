/**
 * Returns the path to open after signing in. Anything but a path of this site is replaced, since everyone can write the
 * URL.
 */
export function safeReturnPath(to: string | null): string {
  return to && /^\/(?![/\\])/.test(to) ? to : '/'
}

/** Returns the address of the page that signs a person in and then opens `returnPath`. */
export const signInPath = (returnPath: string): string => `/sign-in?to=${encodeURIComponent(returnPath)}`
