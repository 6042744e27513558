// OAuth of the 1.x line, @modelcontextprotocol/sdk.
import { main, NotLetIn } from './oauth_client.mjs';
import { packages } from './scenario.mjs';

const { Client } = packages('@modelcontextprotocol/sdk/client/index.js');
const { StreamableHTTPClientTransport } = packages('@modelcontextprotocol/sdk/client/streamableHttp.js');
const { UnauthorizedError } = packages('@modelcontextprotocol/sdk/client/auth.js');

// This line leaves errors that come to the callback to the application.
function finish(transport, answer) {
  if (answer.has('error')) throw new NotLetIn(`${answer.get('error')}: ${answer.get('error_description') ?? ''}`);
  return transport.finishAuth(answer.get('code'));
}

await main({
  Transport: StreamableHTTPClientTransport,
  UnauthorizedError,
  newClient: (name) => new Client({ name, version: '1' }),
  era: (client, transport) => transport.protocolVersion,
  call: (client, parameters, options) => client.callTool(parameters, undefined, options),
  finish,
});
