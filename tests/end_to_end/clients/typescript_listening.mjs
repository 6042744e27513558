// The TypeScript client of the 1.x line, listening: see python_listening.py. Its argument is a server as JSON.
import { packages } from './scenario.mjs';

const { Client } = packages('@modelcontextprotocol/sdk/client/index.js');
const { StreamableHTTPClientTransport } = packages('@modelcontextprotocol/sdk/client/streamableHttp.js');
const { ToolListChangedNotificationSchema } = packages('@modelcontextprotocol/sdk/types.js');

const { url, api_key } = JSON.parse(process.argv[2]);
const client = new Client({ name: 'listening', version: '1' });
client.setNotificationHandler(ToolListChangedNotificationSchema, ({ method }) => console.log(method));
await client.connect(
  new StreamableHTTPClientTransport(new URL(url), {
    requestInit: { headers: { Authorization: `Bearer ${api_key}` } },
    fetch: async (where, options) => {
      const response = await fetch(where, options);
      if (options?.method === 'GET' && response.status === 200) console.log('open');
      return response;
    },
  }),
);
