// OAuth of the 2.x line, @modelcontextprotocol/client.
import { main } from './oauth_client.mjs';
import { packages } from './scenario.mjs';

const { Client, StreamableHTTPClientTransport, UnauthorizedError } = packages('@modelcontextprotocol/client');
const MODES = { legacy: 'legacy', auto: 'auto', modern: { pin: '2026-07-28' } };

await main({
  Transport: StreamableHTTPClientTransport,
  UnauthorizedError,
  newClient: (name, mode) => new Client({ name, version: '1' }, { versionNegotiation: { mode: MODES[mode] } }),
  era: (client) => client.getNegotiatedProtocolVersion(),
  call: (client, parameters, options) => client.callTool(parameters, options),
  finish: (transport, answer) => transport.finishAuth(answer),
});
