import fp from 'fastify-plugin'
import { createErasure, type Erasure, type ErasureDocument } from './erasure.ts'
import { createPersonalData, type PersonalData } from './personal-data.ts'
import { openPseudonyms, type PseudonymOf } from './pseudonyms.ts'

declare module 'fastify' {
  interface FastifyInstance {
    personalData: PersonalData
    erasure: Erasure
    pseudonymOf: PseudonymOf
  }
}

const resumeIntervalMs = 60_000

/** Personal data: every domain that stores some registers how it is exported and erased. */
export default fp(
  async app => {
    const personalData = createPersonalData()
    app.decorate('personalData', personalData)
    const erasure = createErasure({
      erasures: app.db.collection<ErasureDocument>('erasures'),
      personalData,
      logger: app.log.child({ part: 'erasure' })
    })
    app.decorate('erasure', erasure)
    app.decorate('pseudonymOf', await openPseudonyms(app.db))
    app.maintenance.every('finish erasures', resumeIntervalMs, async () => await erasure.resume())
  },
  { name: 'privacy', dependencies: ['mongodb', 'operations'] }
)
