/** Where to go after signing in. Only addresses of our own: what stands in the URL may come from anybody. */
export function safeReturn(to: string | null): string {
  return to && /^\/(?![/\\])/.test(to) ? to : '/'
}
