import { providerRoutes } from '../provider-routes.ts'

export default providerRoutes('oidc', "the operator's own provider", 'NOT_FOUND')
