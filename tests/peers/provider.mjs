// node provider.mjs MODULES PORT BACK...
//
// oidc-provider with a claim set like that of SITHS, and a way to make it lie: what is posted to /told stands in the next
// ID token, over what the provider says itself ("acr", "key": the name of the key that signs). Whoever comes signs in as
// the person that /told names. BACK are the addresses of the service that people come back to; "/ended" beside them is
// told when somebody has signed out here. One line is printed when it listens.

import { createServer } from 'node:http'
import { createRequire } from 'node:module'
import { pathToFileURL } from 'node:url'

const [modules, port, ...backs] = process.argv.slice(2)
const load = name => import(pathToFileURL(createRequire(`${modules}/`).resolve(name)).href)
const { Provider } = await load('oidc-provider')
const { generateKeyPair, exportJWK, SignJWT, decodeJwt, importJWK } = await load('jose')

const issuer = `http://127.0.0.1:${port}`
const makeKey = async kid => ({ ...await exportJWK((await generateKeyPair('RS256', { extractable: true })).privateKey), kid, alg: 'RS256', use: 'sig' })
const keys = { first: await makeKey('first'), second: await makeKey('second') }
const told = { person: 'SE2321000131-A1', commission: 'SE2321000131-U1', acr: 'http://id.sambi.se/loa/loa3', published: 'first' }
const outbound = []

const provider = new Provider(issuer, {
  clients: [{
    client_id: 'sip',
    client_secret: 'a secret made up for tests only, long enough',
    redirect_uris: backs,
    post_logout_redirect_uris: ['http://sip.example/sign-in'],
    backchannel_logout_uri: `${issuer}/post-box`,
    backchannel_logout_session_required: true
  }],
  jwks: { keys: [keys.first] },
  cookies: { keys: ['made up for tests'] },
  claims: { openid: ['sub', 'employeeHsaId', 'commissionHsaId'] },
  conformIdTokenClaims: false,
  acrValues: ['http://id.sambi.se/loa/loa2', 'http://id.sambi.se/loa/loa3'],
  pkce: { required: () => true },
  findAccount: (_, id) => ({ accountId: id, claims: () => ({ sub: id, employeeHsaId: told.person, commissionHsaId: told.commission }) }),
  features: {
    devInteractions: { enabled: false },
    rpInitiatedLogout: { enabled: true },
    backchannelLogout: { enabled: true }
  },
  // It guards itself against its own machine; here everything is on it.
  fetch: (url, { dispatcher, ...options }) => fetch(url, options),
  interactions: { url: (_, interaction) => `/signing-in/${interaction.uid}` }
})
provider.on('server_error', (_, error) => console.error(error))

async function interact (request, response) {
  const { prompt, params, session } = await provider.interactionDetails(request, response)
  if (prompt.name === 'login') {
    return provider.interactionFinished(request, response, { login: { accountId: `sub-of-${told.person}`, acr: told.acr } })
  }
  const grant = new provider.Grant({ accountId: session.accountId, clientId: params.client_id })
  grant.addOIDCScope('openid')
  return provider.interactionFinished(request, response, { consent: { grantId: await grant.save() } })
}

async function body (request) {
  const parts = []
  for await (const part of request) parts.push(part)
  return Buffer.concat(parts).toString()
}

// What the provider answers is signed anew where a lie was asked for.
async function lying (response, next) {
  const end = response.end.bind(response)
  response.end = async chunk => {
    const answer = JSON.parse(chunk.toString())
    if (answer.id_token) {
      const key = keys[told.key ?? 'first']
      const claims = { ...decodeJwt(answer.id_token), ...(told.claims ?? {}) }
      answer.id_token = await new SignJWT(claims).setProtectedHeader({ alg: 'RS256', kid: key.kid }).sign(await importJWK(key, 'RS256'))
    }
    const said = JSON.stringify(answer)
    response.setHeader('content-length', Buffer.byteLength(said))
    end(said)
  }
  next()
}

const callback = provider.callback()
createServer(async (request, response) => {
  const path = new URL(request.url, issuer).pathname
  if (path === '/told') {
    for (const name of ['key', 'claims']) delete told[name]
    Object.assign(told, JSON.parse(await body(request)))
    return response.end('{}')
  }
  if (path === '/post-box') {
    if (request.method === 'GET') return response.end(JSON.stringify(outbound))
    outbound.push(new URLSearchParams(await body(request)).get('logout_token'))
    return response.end()
  }
  if (path === '/jwks') {
    const { kty, n, e, kid, alg, use } = keys[told.published]
    response.setHeader('content-type', 'application/json')
    return response.end(JSON.stringify({ keys: [{ kty, n, e, kid, alg, use }] }))
  }
  if (path.startsWith('/signing-in/')) return interact(request, response)
  if (path === '/token' && (told.key || told.claims)) return lying(response, () => callback(request, response))
  callback(request, response)
}).listen(Number(port), '127.0.0.1', function () { console.log(this.address().port) })
