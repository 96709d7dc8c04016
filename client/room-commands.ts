import type { LiveComment } from '../contract/comments.ts'
import type { PlayerState } from '../contract/live.ts'
import type { Playback } from '../contract/playback.ts'
import type { EditingHost, PlaylistSign } from '../contract/playlist.ts'
import type { CommentExtras, CommentFeed } from './comment-feed.ts'
import type { SendCommand } from './connection.ts'
import { Listeners } from './listeners.ts'
import type { ReactionCounts, Reactions } from './reactions.ts'

/**
 * The commands of a live show, except for joining, leaving and audio. All throw CodedError; the server checks the
 * permissions.
 */
export abstract class RoomCommands {
  /**
   * Sends a command of the contract. `audienceOf` has those about pins, polls and song requests. Throws UNAVAILABLE
   * while the connection is lost.
   */
  abstract readonly sendCommand: SendCommand
  protected abstract readonly comments: CommentFeed
  protected abstract readonly reactions: Reactions
  protected readonly editingHosts = new Listeners<[readonly EditingHost[]]>()

  async cancelRequest(): Promise<void> {
    await this.sendCommand('speak:cancel', {})
  }
  /** Accepts or rejects a speak request. For hosts. */
  async answerRequest(requestId: string, accept: boolean): Promise<void> {
    await this.sendCommand('speak:answer', { requestId, accept })
  }
  /**
   * Rejects all speak requests that wait; with the id of a request, only this one and those before it, so that requests
   * which the user has not seen stay. For hosts.
   */
  async rejectRequests(upTo?: string): Promise<void> {
    await this.sendCommand('speak:rejectAll', upTo === undefined ? {} : { upTo })
  }
  /** Invites a listener to speak. For hosts. */
  async invite(userId: string): Promise<void> {
    await this.sendCommand('speak:invite', { userId })
  }
  /** Accepts or declines an invitation to speak. */
  async answerInvitation(accept: boolean): Promise<void> {
    await this.sendCommand('speak:respond', { accept })
  }
  /** Revokes the floor of a speaker, or withdraws an invitation. For hosts. */
  async revoke(userId: string): Promise<void> {
    await this.sendCommand('speak:revoke', { userId })
  }
  /** Returns the floor. */
  async stepDown(): Promise<void> {
    await this.sendCommand('speak:stepDown', {})
  }
  /** Mutes everybody on stage except hosts. They may unmute themselves. For hosts. */
  async muteAll(): Promise<void> {
    await this.sendCommand('mute:all', {})
  }
  /** For the host who runs the show: its creator, unless it was handed over. */
  async setCohost(userId: string, cohost: boolean): Promise<void> {
    await this.sendCommand('cohost:set', { userId, cohost })
  }
  /**
   * Hands the show over to a co-host, who then runs the room until the end: names co-hosts, sends announcements and
   * ends the show. The record stays the creator's. For the host who runs the show. Throws FORBIDDEN (not a co-host),
   * NOT_FOUND and CONFLICT (not in the show, or the connection is lost), STAGE_FULL.
   */
  async handOver(userId: string): Promise<void> {
    await this.sendCommand('show:handOver', { userId })
  }
  /** Removes a member from the show, for good with `ban`. For hosts. */
  async removeMember(userId: string, ban: boolean): Promise<void> {
    await this.sendCommand('member:remove', { userId, ban })
  }
  /** Shows a text to all members. For the host who runs the show. */
  async announce(text: string): Promise<void> {
    await this.sendCommand('show:announce', { text })
  }

  /** Starts or stops the recording of the show. For hosts. */
  async setRecording(on: boolean): Promise<void> {
    await this.sendCommand('recording:set', { on })
  }

  /** Tells the other hosts what the user edits in the playlist. `PlaylistEditor` calls it. */
  async sendPlaylistSign(sign: PlaylistSign): Promise<void> {
    await this.sendCommand('playlist:editing', sign)
  }
  /** Calls back with the other hosts who edit the playlist, whenever one gives a sign. For hosts. */
  onPlaylistEditors(listener: (editors: readonly EditingHost[]) => void): () => void {
    return this.editingHosts.add(listener)
  }

  /** Tells the server that the user plays or paused a song outside of the show: use `ambient.playerState`. */
  async sendPlayerState(songId: string, state: PlayerState): Promise<void> {
    await this.sendCommand('player:state', { songId, state })
  }

  /**
   * Plays an item of the playlist from its beginning. Without an item, resumes playback or starts the playlist; during
   * a fade-out, the song plays on. `fadeMs`, at most 10 s: the song that plays fades out first. Without it, the show's
   * setting `songFadeMs` holds, as for `pause`, `next` and `stop`. A second command during the fade is carried out at
   * once. For hosts.
   */
  async play(itemId?: string, fadeMs?: number): Promise<Playback> {
    return (await this.sendCommand('playback:play', { ...(itemId !== undefined && { itemId }), ...fading(fadeMs) }))
      .playback
  }
  /** Moves to a position in the current item, ms from its beginning. For hosts. */
  async seek(positionMs: number): Promise<Playback> {
    return (await this.sendCommand('playback:play', { positionMs: Math.max(0, Math.round(positionMs)) })).playback
  }
  /** Pauses the item, after a fade if there is one: `fade` of the playback has it. For hosts. */
  async pause(fadeMs?: number): Promise<Playback> {
    return (await this.sendCommand('playback:pause', fading(fadeMs))).playback
  }
  /** Plays the next item. Throws CONFLICT when the item with the id `from` is no longer the current one. For hosts. */
  async next(from?: string, fadeMs?: number): Promise<Playback> {
    return (await this.sendCommand('playback:next', { ...(from !== undefined && { from }), ...fading(fadeMs) }))
      .playback
  }
  async stop(fadeMs?: number): Promise<Playback> {
    return (await this.sendCommand('playback:stop', fading(fadeMs))).playback
  }

  /** Sets the level of songs for everybody in the show, whole dB from -30 to 0, which is full. For hosts. */
  async setSongLevel(levelDb: number): Promise<void> {
    await this.sendCommand('playback:level', { levelDb })
  }

  /** Plays a jingle of the creator over song and voices: one of `ambient.shows.jingles`. For hosts. */
  async playJingle(songId: string): Promise<void> {
    await this.sendCommand('jingle:play', { songId })
  }

  /** Refuses the comments of a member, or accepts them again. For hosts. */
  async muteComments(userId: string, muted: boolean): Promise<void> {
    await this.sendCommand('comment:mute', { userId, muted })
  }

  /**
   * Sends a comment, perhaps as a reply to another one of the show. It is shown at once, and sent again with the same
   * id until the server accepts it. Throws the error with which the server rejects it.
   */
  async sendComment(text: string, extras: CommentExtras = {}): Promise<LiveComment> {
    return await this.comments.send(text, extras)
  }
  /** Sends a rejected comment again. */
  async retryComment(clientId: string): Promise<LiveComment> {
    return await this.comments.retry(clientId)
  }
  /** Drops a rejected comment. */
  discardComment(clientId: string): void {
    this.comments.discard(clientId)
  }
  async deleteComment(commentId: string): Promise<void> {
    await this.comments.delete(commentId)
  }
  /** Fetches comments before the first one in the view. */
  async loadEarlierComments(): Promise<void> {
    await this.comments.loadEarlier()
  }

  /** Sends one emoji, which is shown to the user at once. */
  async react(emoji: string): Promise<void> {
    await this.reactions.send(emoji)
  }
  /** Calls back with how often to show each emoji now. Returns a function that stops that. */
  readonly onReactions = (listener: (counts: ReactionCounts) => void): (() => void) =>
    this.reactions.subscribe(listener)
}

function fading(fadeMs: number | undefined): { fadeMs?: number } {
  return fadeMs === undefined ? {} : { fadeMs }
}
