import type { FastifyBaseLogger } from 'fastify'
import type { AnnouncementBoard } from '../../plugins/app/moderation/announcement-board.ts'
import type { Bus } from '../cluster/bus.ts'
import type { AmbientServer, AmbientSocket } from '../sockets/socket-data.ts'
import type { SocketDelivery } from './socket-delivery.ts'

export interface AnnouncerParts {
  io: AmbientServer
  board: Pick<AnnouncementBoard, 'bind' | 'known' | 'refresh'>
  bus: Pick<Bus, 'onReconnected'>
  toAll: SocketDelivery['toAll']
  logger: Pick<FastifyBaseLogger, 'warn'>
  /** For tests. */
  refreshEveryMs?: number
}

/** Tells the sockets of this node what is on the board of announcements. */
export interface Announcer {
  /** Sends a new socket the active announcements. Later ones reach it with all others, so it gets each one once. */
  greet(socket: AmbientSocket): void
  close(): void
}

/** Interval in which a node with sockets looks for changes that other nodes could not tell. */
const defaultRefreshEveryMs = 30_000

export function createAnnouncer(parts: AnnouncerParts): Announcer {
  const { io, board, bus, toAll, logger, refreshEveryMs = defaultRefreshEveryMs } = parts

  function refresh(): void {
    board.refresh().catch((err: unknown) => logger.warn({ err }, 'announcements not read'))
  }

  board.bind({
    onAdded: announcement => toAll('announcement', { ...announcement, at: Date.now() }),
    onEnded: id => toAll('announcement:ended', { id })
  })
  bus.onReconnected(refresh)
  const timer = setInterval(() => {
    if (io.of('/').sockets.size > 0) refresh()
  }, refreshEveryMs).unref()
  refresh()

  return {
    greet(socket) {
      for (const announcement of board.known()) socket.emit('announcement', { ...announcement, at: Date.now() })
    },
    close: () => clearInterval(timer)
  }
}
