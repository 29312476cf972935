// A certified OpenID Connect provider on this machine. It asks nobody anything: who logs in, and what it says of
// them, is told by the test (POST /_test). With `wijze` it answers the tokens that an attacker would make, and with
// `antwoord` what is no answer at all. It tells the portal itself when somebody logs out.
import http from 'node:http';
import { Provider } from 'oidc-provider';
import * as jose from 'jose';

const [port, redirect, uitgelogd, afmelden] = process.argv.slice(2);
const issuer = `http://127.0.0.1:${port}`;
const options = { modulusLength: 2048, extractable: true };
const own = await jose.generateKeyPair('RS256', options);
const other = await jose.generateKeyPair('RS256', options);
const jwk = { ...(await jose.exportJWK(own.privateKey)), kid: 'sleutel', use: 'sig', alg: 'RS256' };
let test = { account: 'onderwerp-1' };

const provider = new Provider(issuer, {
  clients: [{
    client_id: 'um-portaal', client_secret: 'geheim:van %het portaal', redirect_uris: redirect.split(','),
    grant_types: ['authorization_code'], response_types: ['code'],
    post_logout_redirect_uris: uitgelogd.split(','),
    backchannel_logout_uri: afmelden, backchannel_logout_session_required: true,
  }],
  jwks: { keys: [jwk] },
  cookies: { keys: ['alleen om te testen'] },
  claims: { openid: ['sub', 'roles', 'acr', 'amr', 'auth_time', 'email', 'supportrol', 'gemeente'], profile: ['preferred_username'] },
  conformIdTokenClaims: false,
  acrValues: ['urn:sterk'],
  features: {
    devInteractions: { enabled: false },
    backchannelLogout: { enabled: true },
    rpInitiatedLogout: {
      enabled: true,
      logoutSource: (ctx, form) => {
        ctx.body = `<!DOCTYPE html><html lang="nl"><title>Uitloggen</title><link rel="icon" href="data:,">${form}
          <button type="submit" form="op.logoutForm" name="logout" value="yes">Uitloggen bij de gemeente</button></html>`;
      },
      postLogoutSuccessSource: (ctx) => {
        ctx.body = '<!DOCTYPE html><html lang="nl"><title>Uitgelogd</title><link rel="icon" href="data:,"></html>';
      },
    },
  },
  // By itself it calls no portal on this machine.
  fetch: (url, { dispatcher, ...options }) => globalThis.fetch(url, options),
  pkce: { required: () => true },
  interactions: { url: (ctx, interaction) => `/interaction/${interaction.uid}` },
  findAccount: (ctx, id) => ({
    accountId: id,
    claims: () => ({
      sub: id, roles: test.roles, preferred_username: `${id}@gemeente.example`, email: test.email,
      supportrol: test.supportrol, gemeente: test.gemeente,
    }),
  }),
});

async function sign(claims, key, header = { alg: 'RS256', kid: 'sleutel' }) {
  return new jose.SignJWT(claims).setProtectedHeader(header).sign(key);
}

const WIJZEN = {
  anderesleutel: (claims) => sign(claims, other.privateKey),
  verlopen: (claims) => sign({ ...claims, iat: claims.iat - 7200, exp: claims.exp - 7200 }, own.privateKey),
  anderenonce: (claims) => sign({ ...claims, nonce: 'x' }, own.privateKey),
  andereclient: (claims) => sign({ ...claims, aud: 'een-ander' }, own.privateKey),
  andereuitgever: (claims) => sign({ ...claims, iss: 'https://elders.example' }, own.privateKey),
  azp: (claims) => sign({ ...claims, aud: ['um-portaal', 'b'], azp: 'b' }, own.privateKey),
  geen: (claims) => new jose.UnsecuredJWT(claims).encode(),
  gedeeld: (claims) => sign(claims, new TextEncoder().encode('geheim:van %het portaal'.repeat(2)), { alg: 'HS256' }),
};

provider.use(async (ctx, next) => {
  await next();
  const make = WIJZEN[test.wijze];
  if (make && ctx.path === '/token' && ctx.body?.id_token) {
    ctx.body = { ...ctx.body, id_token: await make(jose.decodeJwt(ctx.body.id_token)) };
  }
});

async function interaction(req, res) {
  const { prompt, params, session, grantId } = await provider.interactionDetails(req, res);
  if (prompt.name === 'login') {
    return provider.interactionFinished(req, res, {
      login: { accountId: test.account, acr: test.acr, amr: test.amr },
    }, { mergeWithLastSubmission: false });
  }
  const grant = grantId ? await provider.Grant.find(grantId)
    : new provider.Grant({ accountId: session.accountId, clientId: params.client_id });
  grant.addOIDCScope(params.scope);
  return provider.interactionFinished(req, res, { consent: { grantId: await grant.save() } });
}

let gevolgd = 0;
const ANTWOORDEN = {
  nooit: () => {},
  traag: (res) => {
    res.writeHead(200, { 'content-type': 'application/json' });
    const drip = setInterval(() => res.write(' '), 100);
    res.on('close', () => clearInterval(drip));
  },
  onzin: (res) => { res.writeHead(200, { 'content-type': 'text/html' }); res.end('<h1>Onderhoud</h1>'); },
  omleiding: (res) => { res.writeHead(302, { location: `${issuer}/_gevolgd` }); res.end(); },
};

const callback = provider.callback();
http.createServer((req, res) => {
  // A provider that is away.
  if (test.weg && req.url !== '/_test') { req.socket.destroy(); return; }
  if (test.antwoord && req.url === (test.waar ?? '/token')) { ANTWOORDEN[test.antwoord](res); return; }
  if (req.url === '/_gevolgd') { gevolgd += 1; res.end('{}'); return; }
  if (req.url === '/_aantal') { res.end(String(gevolgd)); return; }
  if (req.url === '/_test') {
    let body = '';
    req.on('data', (part) => { body += part; });
    req.on('end', () => { test = JSON.parse(body); res.end('ok'); });
  } else if (req.url.startsWith('/interaction/')) {
    interaction(req, res).catch((error) => { res.statusCode = 500; res.end(String(error)); });
  } else callback(req, res);
}).listen(Number(port), '127.0.0.1', () => console.log('klaar'));
