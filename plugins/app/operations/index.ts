import type { Server } from 'node:http'
import fp from 'fastify-plugin'
import { CodedError } from '../../../contract/errors.ts'
import { createClusterFeed, type ClusterFeedPort } from './cluster-feed.ts'
import { createDrain, type Drain } from './drain.ts'
import { createMaintenance, type Maintenance } from './maintenance.ts'
import { measureMedia } from './media-metrics.ts'
import { createMetricsServer, isLocalRequest, listenForMetrics } from './metrics-endpoint.ts'
import { migrate } from './migrations/migrate.ts'
import { createReadiness, type Readiness } from './readiness.ts'
import { describeServer } from './server-metrics.ts'
import { measureStore } from './store-metrics.ts'
import { traceStore } from './store-tracing.ts'

declare module 'fastify' {
  interface FastifyInstance {
    readiness: Readiness
    drain: Drain
    /** Domains register their recurring tasks here; the tasks start when the server listens. */
    maintenance: Maintenance
    /** News between the services of all nodes. */
    clusterFeed: ClusterFeedPort
    /** The server of METRICS_PORT; null where the setting is unset. */
    metricsServer: Server | null
  }
}

/** Registered by app.ts before all other domains: it migrates the stored data before any of them reads it. */
export const autoload = false

/** Runs the server: migrations, readiness, drain, metrics, tracing, maintenance. */
export default fp(
  async app => {
    const { db, mongo, directReads, media, storage, metrics, tracing, config, redis, records } = app
    await migrate({ db, logger: app.log.child({ module: 'migrations' }) })
    measureStore(mongo.client, directReads, metrics.store)
    traceStore(mongo.client, directReads, tracing)

    const readiness = createReadiness(app.log)
    readiness.add('mongodb', async () => {
      await db.command({ ping: 1 })
    })
    readiness.add('media', async () => {
      if (!media.hasWorker) throw new Error('no media worker')
    })
    readiness.add('storage', async () => await storage.check())
    if (records.isApart) readiness.add('records', records.ping)
    if (redis) {
      readiness.addOptional('redis', async () => {
        await redis.commands.ping()
      })
    }
    app.decorate('readiness', readiness)
    app.decorate('drain', createDrain({ announce: readiness.startDraining, deadlineMs: config.DRAIN_DEADLINE_MS }))

    app.decorate('clusterFeed', createClusterFeed(app.log.child({ part: 'cluster feed' })))

    const maintenance = createMaintenance(app.log.child({ part: 'maintenance' }))
    app.decorate('maintenance', maintenance)
    app.addHook('onListen', async () => maintenance.start())
    app.addHook('onClose', async () => await maintenance.close())

    describeServer({ metrics: metrics.server, readiness, store: config.MONGODB_URL ? 'mongodb' : 'embedded' })
    const stopMeasuring = measureMedia({ media, metrics: metrics.media, logger: app.log })
    app.addHook('onClose', async () => stopMeasuring())

    app.decorate('metricsServer', null)
    const { METRICS_PORT: port } = config
    if (port === undefined) {
      app.get(
        '/metrics',
        { config: { rateLimit: false }, schema: { hide: true, operationId: 'metrics' } },
        async (request, reply) => {
          // Everybody else gets the same answer as for an unknown address.
          if (!isLocalRequest(request)) throw new CodedError('NOT_FOUND', 'There is no such address.')
          return await reply
            .header('cache-control', 'no-store')
            .type(metrics.contentType)
            .send(await metrics.text())
        }
      )
      return
    }
    const server = createMetricsServer({ metrics, logger: app.log })
    app.metricsServer = server
    app.addHook('onReady', async () => await listenForMetrics(server, port, config.HOST))
    app.addHook('onClose', async () => {
      server.close()
      server.closeAllConnections()
    })
  },
  { name: 'operations', dependencies: ['mongodb', 'records', 'redis', 'media', 'storage', 'metrics', 'tracing'] }
)
