/** The names of the people of the demo. They are roles, not people. */
export const cast = {
  host: 'Demo host',
  guest: 'Demo guest',
  dj: 'Demo DJ',
  listeners: ['Demo listener 1', 'Demo listener 2']
} as const

export const castNames: ReadonlySet<string> = new Set([cast.host, cast.guest, cast.dj, ...cast.listeners])
