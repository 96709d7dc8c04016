import type { ShowClient } from './users.ts'

/** Keeps the ids of the speakers in each `media:speaking` that a client is sent from now on. */
export function speakingHeardBy({ socket }: Pick<ShowClient, 'socket'>): string[][] {
  const heard: string[][] = []
  socket.on('media:speaking', ({ levels }) => heard.push(levels.map(({ userId }) => userId)))
  return heard
}
