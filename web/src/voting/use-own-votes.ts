import { useCallback, useEffect, useState } from 'react'
import { audienceOf, type OwnVotes, type RoomView, type ShowRoom } from '../../../client/index.ts'

const none: OwnVotes = { poll: null, songIds: [] }

/** The user's own votes, and how to change them. A vote is shown at once, and taken back when it is refused. */
export interface OwnVoting {
  votes: OwnVotes
  choose: (pollId: string, option: number) => Promise<void>
  vote: (songId: string, on: boolean) => Promise<void>
  request: (songId: string) => Promise<void>
}

/** Fetches the user's own votes after each connection, since nobody else is told. */
export function useOwnVotes(view: RoomView, room: ShowRoom): OwnVoting {
  const [votes, setVotes] = useState(none)
  const isLive = view.connection === 'live'

  const refresh = useCallback(async () => {
    const own = await audienceOf(room)
      .ownVotes()
      .catch(() => null)
    if (own) setVotes(own)
  }, [room])

  useEffect(() => {
    if (isLive) refresh()
  }, [isLive, refresh])

  async function change(changed: OwnVotes, send: () => Promise<unknown>): Promise<void> {
    setVotes(changed)
    try {
      await send()
    } catch (error) {
      refresh()
      throw error
    }
  }

  const withSong = (songId: string, on: boolean): OwnVotes => ({
    ...votes,
    songIds: [...votes.songIds.filter(id => id !== songId), ...(on ? [songId] : [])]
  })

  return {
    votes,
    choose: async (pollId, option) =>
      await change({ ...votes, poll: { pollId, option } }, async () => await audienceOf(room).votePoll(pollId, option)),
    vote: async (songId, on) =>
      await change(withSong(songId, on), async () => await audienceOf(room).voteSong(songId, on)),
    request: async songId =>
      await change(withSong(songId, true), async () => await audienceOf(room).requestSong(songId))
  }
}
