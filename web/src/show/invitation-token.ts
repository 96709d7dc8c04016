/** Returns the token of an invitation. It is in the fragment of the address, so that no server logs it. */
export function invitationToken(): string | null {
  return new URLSearchParams(window.location.hash.slice(1)).get('invitation')
}
